/** The channel of a room, joined from where its store has got to, and what it pushes. */
import { useEffect } from "react";
import { useChannel, useEvent } from "../realtime.ts";
import type { RoomStore } from "./room-store.ts";

/** Coming back to a room, or to the network, brings what has come since: the store has everything up to its position. */
export function useRoomChannel(store: RoomStore) {
  const room = useChannel(`room:${store.roomId}`, {}, { since: store.position });
  const { channel } = room;
  useEffect(() => () => store.leftAt(channel?.position ?? null), [store, channel]);
  return room;
}

export type RoomChannel = ReturnType<typeof useRoomChannel>;

export function useRoomEvents(channel: RoomChannel["channel"], { dispatch }: RoomStore): void {
  useEvent(channel, "message:new", (message) => dispatch({ type: "received", message }));
  useEvent(channel, "message:updated", (message) => dispatch({ type: "updated", message }));
  useEvent(channel, "message:deleted", ({ id }) => dispatch({ type: "deleted", id }));
  useEvent(channel, "reaction", ({ messageId, reactions }) => dispatch({ type: "reactions", messageId, reactions }));
  useEvent(channel, "pinned", ({ messageId, pinned }) => dispatch({ type: "pinned", messageId, pinned }));
  useEvent(channel, "typing", (typing) => dispatch({ ...typing, type: "typing" }));
  useEvent(channel, "room:update", ({ room }) => dispatch({ type: "room", room }));
  useEvent(channel, "room:state", (rights) => dispatch({ type: "rights", rights }));
  useEvent(channel, "member:joined", ({ member }) => dispatch({ type: "memberJoined", member }));
  useEvent(channel, "member:changed", ({ member }) => dispatch({ type: "memberChanged", member }));
  useEvent(channel, "member:left", ({ userId }) => dispatch({ type: "memberLeft", userId }));
  useEvent(channel, "notice", ({ text }) => dispatch({ type: "notice", text }));
}
