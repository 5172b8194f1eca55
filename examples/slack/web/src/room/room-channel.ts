/** The channel of a room, joined from where its store has got to, and what it pushes. */
import { useChannel, useEvent } from "../realtime.ts";
import type { RoomStore } from "./room-store.ts";

/** A rejoin brings only what has come since. */
const paramsOf = ({ state }: RoomStore) => (state.room === null ? {} : { after: state.newestSeq });

export const useRoomChannel = (store: RoomStore) => useChannel(`room:${store.roomId}`, () => paramsOf(store));

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
