/** The channel of a room, joined from where its store has got to, and what it pushes. */
import { useEffect } from "react";
import { useChannel, useEphemeral, useEvent } from "../realtime.ts";
import type { RoomStore } from "./room-store.ts";

/** Coming back to a room, or to the network, brings what has come since: the store has everything up to its position. */
export function useRoomChannel(store: RoomStore) {
  const room = useChannel(`room:${store.roomId}`, {}, { since: store.position });
  const { channel } = room;
  useEffect(() => () => store.leftAt(channel?.position ?? null), [store, channel]);
  return room;
}

/** After so many ms without another keystroke, the user does not type any more. */
const TYPING_MS = 6_000;

/** Who is typing: the others, and whether this user is. */
export function useTyping(channel: RoomChannel["channel"]) {
  return useEphemeral(channel, "typing", { idle: TYPING_MS });
}

export type Typing = ReturnType<typeof useTyping>;
export type RoomChannel = ReturnType<typeof useRoomChannel>;

export function useRoomEvents(channel: RoomChannel["channel"], { dispatch }: RoomStore): void {
  useEvent(channel, "message:new", (message) => dispatch({ type: "received", message }));
  useEvent(channel, "message:updated", (message) => dispatch({ type: "updated", message }));
  useEvent(channel, "message:deleted", ({ id }) => dispatch({ type: "deleted", id }));
  useEvent(channel, "reaction", ({ messageId, reactions }) => dispatch({ type: "reactions", messageId, reactions }));
  useEvent(channel, "pinned", ({ messageId, pinned }) => dispatch({ type: "pinned", messageId, pinned }));
  useEvent(channel, "room:update", ({ room }) => dispatch({ type: "room", room }));
  useEvent(channel, "room:state", (rights) => dispatch({ type: "rights", rights }));
  useEvent(channel, "member:joined", ({ member }) => dispatch({ type: "memberJoined", member }));
  useEvent(channel, "member:changed", ({ member }) => dispatch({ type: "memberChanged", member }));
  useEvent(channel, "member:left", ({ userId }) => dispatch({ type: "memberLeft", userId }));
  useEvent(channel, "notice", ({ text }) => dispatch({ type: "notice", text }));
}
