import { useEffect, useRef } from "react";
import type { RoomState } from "./room-state.ts";

export interface ReadPositionOptions {
  readonly roomId: number;
  /** Somebody looks at this tab. */
  readonly active: boolean;
  readonly isJoined: boolean;
  readonly markRead: (roomId: number, seq: number) => PromiseLike<unknown>;
}

/** Milliseconds between two reports. */
const THROTTLE_MS = 300;

/** Tells the server how far the user has read: to the newest message, when it is on screen and somebody looks. */
export function useReadPosition(state: RoomState, { roomId, active, isJoined, markRead }: ReadPositionOptions): void {
  const isMember = state.me !== null && state.me.role !== null;
  const sees = active && isJoined && isMember && state.following && !state.hasNewer && !state.opening;
  const seen = sees ? (state.messages.at(-1)?.seq ?? 0) : 0;
  const told = useRef(0);
  useEffect(() => {
    if (seen <= told.current) return undefined;
    const report = () => {
      const before = told.current;
      told.current = seen;
      // Told again after the next join, or with the next message.
      markRead(roomId, seen).then(undefined, () => (told.current = Math.min(told.current, before)));
    };
    const timer = setTimeout(report, THROTTLE_MS);
    return () => clearTimeout(timer);
  }, [seen, roomId, markRead]);
}
