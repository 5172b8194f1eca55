import { useEffect, useMemo } from "react";
import { ReadReports } from "./read-reports.ts";
import type { RoomState } from "./room-state.ts";

export interface ReadPositionOptions {
  readonly roomId: number;
  /** Somebody looks at this tab. */
  readonly active: boolean;
  readonly isJoined: boolean;
  readonly markRead: (roomId: number, seq: number) => PromiseLike<unknown>;
}

/** Tells the server how far the user has read: to the newest message, when it is on screen and somebody looks. */
export function useReadPosition(
  {
    me,
    following,
    hasNewer,
    opening,
    messages,
  }: Pick<RoomState, "me" | "following" | "hasNewer" | "opening" | "messages">,
  { roomId, active, isJoined, markRead }: ReadPositionOptions,
): void {
  const isMember = me !== null && me.role !== null;
  const sees = active && isJoined && isMember && following && !hasNewer && !opening;
  const seen = sees ? (messages.at(-1)?.seq ?? 0) : 0;
  const reports = useMemo(() => new ReadReports((seq) => markRead(roomId, seq)), [roomId, markRead]);
  useEffect(() => {
    if (sees) reports.see(seen);
    // Whoever looks away has seen what was there.
    else reports.flush();
  }, [sees, seen, reports]);
  useEffect(() => {
    // Before the socket's own listener, which closes the connection.
    window.addEventListener("pagehide", reports.flush, true);
    return () => {
      window.removeEventListener("pagehide", reports.flush, true);
      reports.flush();
    };
  }, [reports]);
}
