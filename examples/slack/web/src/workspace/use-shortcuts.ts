import { useEffect } from "react";
import { useWorkspace } from "./context.ts";
import { inOrder, isBold, neighbour, sectionsOf } from "./rooms.ts";
import { commandOf } from "./shortcuts.ts";

/** The keys that work wherever the focus is. */
export function useShortcuts(): void {
  const { rooms, currentRoomId, openRoom, dialog, openDialog } = useWorkspace();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = commandOf(event);
      if (command === undefined) return;
      event.preventDefault();
      if (command.kind === "dialog")
        return openDialog(dialog?.kind === command.dialog ? null : { kind: command.dialog });
      if (dialog !== null) return undefined;
      const shown = inOrder(sectionsOf(rooms, currentRoomId));
      const next = neighbour(shown, currentRoomId, command.step, command.unread ? isBold : undefined);
      if (next !== undefined) openRoom(next.id);
      return undefined;
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [rooms, currentRoomId, openRoom, dialog, openDialog]);
}
