import { useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { useWorkspace } from "../workspace/context.ts";
import { createRoomActions } from "./room-actions.ts";
import type { RoomActions } from "./room-actions.ts";
import { useRoomChannel, useRoomEvents, useTyping } from "./room-channel.ts";
import type { RoomChannel, Typing } from "./room-channel.ts";
import type { RoomState } from "./room-state.ts";
import { forgetOtherRooms, roomStore } from "./room-store.ts";
import type { RoomStore } from "./room-store.ts";
import { useCatchUp } from "./use-catch-up.ts";
import { useReadPosition } from "./use-read-position.ts";
import { useSending } from "./use-sending.ts";

export interface OpenRoom {
  readonly state: RoomState;
  readonly store: RoomStore;
  readonly actions: RoomActions;
  readonly typing: Typing;
  readonly isJoined: boolean;
  /** The server has shown the user out. */
  readonly isOver: boolean;
  /** Why the server lets nobody in, or undefined. */
  readonly error: RoomChannel["error"];
}

/** A room on screen: joined, kept up to date, its outbox sent, its messages marked as read while somebody looks. */
export function useRoom(roomId: number): OpenRoom {
  const workspace = useWorkspace();
  const { me, active, ready, ignored, attempt, openRoom, reportCaughtUp } = workspace;
  const store = useMemo(() => roomStore(me.user.id, roomId), [me.user.id, roomId]);
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  useLayoutEffect(() => store.dispatch({ type: "opened" }), [store]);
  useEffect(() => store.dispatch({ type: "watching", watching: active }), [store, active]);

  const room = useRoomChannel(store);
  const { channel, reply, push, error } = room;
  const typing = useTyping(channel);
  useRoomEvents(channel, store);
  const actions = useMemo(
    () => createRoomActions(store, { push }, { attempt, openRoom }),
    [store, push, attempt, openRoom],
  );

  useEffect(() => {
    if (reply !== undefined) store.dispatch({ type: "joined", reply });
  }, [reply, store]);
  useCatchUp(room, store, actions, reportCaughtUp);

  // Whose messages are shown has changed: those of people who are ignored go, those of others come back.
  const ignoredIds = ignored.join();
  const known = useRef<string | null>(null);
  useEffect(() => {
    if (!ready || known.current === ignoredIds) return;
    const isFirst = known.current === null;
    known.current = ignoredIds;
    if (isFirst) return;
    forgetOtherRooms(me.user.id, roomId);
    void actions.load({ kind: "anew", since: store.state.newestSeq });
  }, [ready, ignoredIds, me.user.id, roomId, actions, store]);

  useSending(store, channel);
  useReadPosition(state, { roomId, active, isJoined: room.state === "joined", markRead: workspace.actions.markRead });
  return { state, store, actions, typing, isJoined: room.state === "joined", isOver: room.state === "closed", error };
}
