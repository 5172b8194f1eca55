import type { RoomSummary } from "@wingbeat/example-slack/contract";
import { useEvent } from "../realtime.ts";
import type { UserChannel } from "./channels.ts";
import type { WorkspaceAction } from "./state.ts";

export interface UserEvents {
  readonly dispatch: (action: WorkspaceAction) => void;
  /** A room that another part of the server has added. `open`: the user has asked to see it. */
  readonly added: (room: RoomSummary, open: boolean) => void;
  readonly removed: (roomId: number, name: string, why: "left" | "kicked" | "deleted") => void;
  /** What the user may do has changed. */
  readonly reauthenticate: () => void;
  /** Null: all sessions. */
  readonly loggedOut: (sessionId: string | null) => void;
  readonly failed: (message: string) => void;
}

/** Everything that the user's channel pushes. */
export function useUserEvents(channel: UserChannel["channel"], events: UserEvents): void {
  const { dispatch } = events;
  useEvent(channel, "room:added", ({ room, open }) => {
    dispatch({ type: "room", room });
    events.added(room, open);
  });
  useEvent(channel, "room:removed", ({ roomId, name, why }) => {
    dispatch({ type: "room:removed", roomId });
    events.removed(roomId, name, why);
  });
  useEvent(channel, "room:changed", ({ room }) => dispatch({ type: "room", room }));
  useEvent(channel, "unread", (unread) => dispatch({ type: "unread", unread }));
  useEvent(channel, "newMessage", ({ roomId }) => dispatch({ type: "newMessage", roomId }));
  useEvent(channel, "refreshMentions", ({ unread }) => dispatch({ type: "refreshMentions", unread }));
  useEvent(channel, "preferences", (preferences) => dispatch({ type: "preferences", preferences }));
  useEvent(channel, "status", ({ manualStatus }) => dispatch({ type: "status", manualStatus }));
  useEvent(channel, "ignored", ({ userId, ignored }) => dispatch({ type: "ignored", userId, ignored }));
  useEvent(channel, "reauthenticate", () => events.reauthenticate());
  useEvent(channel, "logout", ({ sessionId }) => events.loggedOut(sessionId));
  useEvent(channel, "error", ({ message }) => events.failed(message));
}
