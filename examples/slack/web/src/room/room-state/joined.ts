/** The answer to a join: of the first one, or one after an absence. What was missed comes as it would have come then. */
import type { OwnMessage, RoomJoined } from "@wingbeat/example-slack/contract";
import type { RoomState } from "./types.ts";
import { withoutConfirmed } from "./outbox.ts";
import { withMessages } from "./window.ts";

export function joined(state: RoomState, reply: RoomJoined): RoomState {
  const told = { ...state, room: reply.room, me: reply.me, members: reply.members };
  const held =
    state.room === null
      ? withMessages({ ...told, hasOlder: reply.hasMore }, reply.messages)
      : { ...told, messages: withStars(state.messages, reply.starred) };
  return withoutConfirmed(withUnreadLine(held, reply), reply.messages);
}

/** Stars are the reader's own: what other tabs have starred during an absence is in no message. */
function withStars(messages: readonly OwnMessage[], starred: readonly number[]): readonly OwnMessage[] {
  const ids = new Set(starred);
  if (messages.every((message) => message.starred === ids.has(message.id))) return messages;
  return messages.map((message) => ({ ...message, starred: ids.has(message.id) }));
}

/** The line stays where it was when the room was opened, whatever comes later. */
function withUnreadLine(state: RoomState, { lastReadSeq, messages }: RoomJoined): RoomState {
  if (!state.opening) return state;
  const isUnread = [...state.messages, ...messages].some(
    ({ seq, user }) => seq > lastReadSeq && user.id !== state.userId,
  );
  return { ...state, opening: false, unreadAfter: isUnread ? lastReadSeq : null };
}
