import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useWorkspace } from "./context.ts";
import "./drawer.css";
import { useNarrow } from "./use-narrow.ts";

/** A column at the left; on a phone a drawer over the room, which Escape, a tap beside it and a chosen room close. */
export function Drawer({ children }: { readonly children: ReactNode }) {
  const { drawerOpen, setDrawerOpen, currentRoomId } = useWorkspace();
  const narrow = useNarrow();
  const box = useRef<HTMLDivElement>(null);
  const open = narrow && drawerOpen;

  useEffect(() => setDrawerOpen(false), [currentRoomId, setDrawerOpen]);
  useEffect(() => {
    if (!open) return undefined;
    const before = document.activeElement;
    box.current?.focus();
    return () => {
      // A finger wants no focus back: the button's tooltip would come up with it.
      const hasKeys = document.activeElement?.matches(":focus-visible");
      if (hasKeys && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [open]);

  return (
    <>
      {open && <div className="drawer-scrim" onClick={() => setDrawerOpen(false)} />}
      <div
        className="drawer"
        ref={box}
        tabIndex={-1}
        data-open={open || undefined}
        // Out of sight is out of reach, for the keyboard too.
        inert={narrow && !open}
        onKeyDown={(event) => open && event.key === "Escape" && setDrawerOpen(false)}
      >
        {children}
      </div>
    </>
  );
}
