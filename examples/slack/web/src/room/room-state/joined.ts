/** The answer to a join: the first one, or one after an absence, which brings what was missed. */
import type { RoomJoined } from "@wingbeat/example-slack/contract";
import type { RoomState } from "./types.ts";
import { withoutConfirmed } from "./outbox.ts";
import { cut, newest, withMessages } from "./window.ts";

export function joined(state: RoomState, reply: RoomJoined): RoomState {
  const told = { ...state, room: reply.room, me: reply.me, members: reply.members, typing: [] };
  const window = state.room === null ? firstMessages(told, reply) : missedMessages(told, reply);
  const fresh = state.following || state.room === null ? state.fresh : state.fresh + countOthers(state, reply.messages);
  return withoutConfirmed(withUnreadLine({ ...window, fresh }, reply), reply.messages);
}

function firstMessages(state: RoomState, { messages, hasMore }: RoomJoined): RoomState {
  return withMessages({ ...state, hasOlder: hasMore }, messages);
}

function missedMessages(state: RoomState, { messages, gap }: RoomJoined): RoomState {
  // What is on screen is an older part of the history: just remember that there is more.
  if (state.hasNewer) return { ...state, newestSeq: newest(state, messages) };
  const first = messages[0];
  if (!gap || first === undefined) return cut(withMessages(state, messages), state.following ? "oldest" : "newest");
  return withMessages(withGapBefore(state, first.seq), messages);
}

/** One gap at a time: what is before an earlier one is dropped. */
function withGapBefore(state: RoomState, seq: number): RoomState {
  const { gapAfter } = state;
  const dropped = gapAfter === null ? 0 : state.messages.findIndex((message) => message.seq > gapAfter);
  const messages = state.messages.slice(dropped);
  return {
    ...state,
    messages,
    hasOlder: state.hasOlder || dropped > 0,
    gapAfter: messages.findLast((message) => message.seq < seq)?.seq ?? null,
  };
}

/** The line stays where it was when the room was opened, whatever comes later. */
function withUnreadLine(state: RoomState, { lastReadSeq }: RoomJoined): RoomState {
  if (!state.opening) return state;
  const isUnread = state.messages.some(({ seq, user }) => seq > lastReadSeq && user.id !== state.userId);
  return { ...state, opening: false, unreadAfter: isUnread ? lastReadSeq : null };
}

function countOthers({ userId, newestSeq }: RoomState, messages: RoomJoined["messages"]): number {
  return messages.filter(({ seq, user }) => seq > newestSeq && user.id !== userId).length;
}
