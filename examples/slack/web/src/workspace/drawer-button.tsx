import { Menu as MenuIcon } from "lucide-react";
import { IconButton } from "../parts/icon-button.tsx";
import { useWorkspace } from "./context.ts";
import "./drawer-button.css";
import { badgeOf, isBold } from "./rooms.ts";

/** For the header of whatever is in the middle: opens the sidebar where it is a drawer, and tells of unread rooms. */
export function DrawerButton() {
  const { rooms, currentRoomId, drawerOpen, setDrawerOpen } = useWorkspace();
  const others = rooms.filter((room) => room.id !== currentRoomId && !room.archived);
  const mark = others.some((room) => badgeOf(room) > 0) ? "badge" : others.some(isBold) ? "bold" : undefined;
  return (
    <span className="drawer-button" data-mark={mark}>
      <IconButton
        icon={MenuIcon}
        label={mark === undefined ? "Open the sidebar" : "Open the sidebar, there is something new"}
        side="right"
        aria-expanded={drawerOpen}
        onClick={() => setDrawerOpen(true)}
        data-testid="open-sidebar"
      />
    </span>
  );
}
