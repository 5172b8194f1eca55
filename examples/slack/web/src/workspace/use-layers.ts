import { useCallback, useMemo, useState } from "react";
import type { User } from "@wingbeat/example-slack/contract";
import type { DialogKind, Panel, PanelKind } from "./context.ts";

/** What lies beside and above the room: panel, dialog, drawer. One of each at a time. */
export function useLayers() {
  const [panel, setPanel] = useState<Panel | null>(null);
  const [dialog, setDialog] = useState<DialogKind | null>(null);
  const [drawerOpen, setDrawerOpen] = useState(false);
  const openPanel = useCallback((kind: PanelKind | null, query?: string) => {
    setDrawerOpen(false);
    setPanel((open) => {
      if (kind === null || (open?.kind === kind && query === undefined)) return null;
      return { kind, query };
    });
  }, []);
  const openDialog = useCallback((wanted: DialogKind | null) => {
    setDrawerOpen(false);
    setDialog(wanted);
  }, []);
  const openProfile = useCallback((user: User) => openDialog({ kind: "profile", user }), [openDialog]);
  return useMemo(
    () => ({ panel, openPanel, dialog, openDialog, openProfile, drawerOpen, setDrawerOpen }),
    [panel, openPanel, dialog, openDialog, openProfile, drawerOpen],
  );
}
