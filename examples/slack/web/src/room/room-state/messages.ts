/** New messages, and what happens to those that are here. */
import type { Message, OwnMessage, Reaction } from "@wingbeat/example-slack/contract";
import type { RoomState } from "./types.ts";
import { withoutConfirmed } from "./outbox.ts";
import { asOwn, cut, later, newest, withMessages } from "./window.ts";

export type ChangeAction =
  | { readonly type: "updated"; readonly message: Message | OwnMessage }
  | { readonly type: "deleted"; readonly id: number }
  | { readonly type: "reactions"; readonly messageId: number; readonly reactions: readonly Reaction[] }
  | { readonly type: "pinned"; readonly messageId: number; readonly pinned: boolean }
  | { readonly type: "starred"; readonly messageId: number; readonly starred: boolean };

/** A message that was pushed. It may be known already: from the answer to a join, or to its own sending. */
export function receive(state: RoomState, message: Message | OwnMessage): RoomState {
  const isNews = message.seq > state.newestSeq;
  const isOthers = message.user.id !== state.userId;
  const before = withoutConfirmed(state, [message]);
  const counted = isNews && isOthers ? withNews(before) : before;
  return place(counted, asOwn(message));
}

/** The answer to a sending. */
export function confirm(state: RoomState, message: OwnMessage): RoomState {
  return place(withoutConfirmed(state, [message]), message);
}

function place(state: RoomState, message: OwnMessage): RoomState {
  if (state.hasNewer && message.seq > (state.messages.at(-1)?.seq ?? 0)) {
    return { ...state, newestSeq: newest(state, [message]) };
  }
  // One from before the first message here is loaded with its page.
  if (state.hasOlder && message.seq < (state.messages[0]?.seq ?? 0)) return state;
  return cut(withMessages(state, [message]), state.following ? "oldest" : "newest");
}

function withNews(state: RoomState): RoomState {
  const fresh = state.following && !state.hasNewer ? state.fresh : state.fresh + 1;
  const unreadAfter =
    state.watching || state.room === null ? state.unreadAfter : (state.unreadAfter ?? state.newestSeq);
  return { ...state, fresh, unreadAfter };
}

export function changeMessage(state: RoomState, action: ChangeAction): RoomState {
  if (action.type === "updated") {
    return mapMessage(state, action.message.id, (held) => later(held, asOwn(action.message, held)));
  }
  if (action.type === "deleted") return mapMessage(state, action.id, asDeleted);
  const { messageId, type: _, ...change } = action;
  return mapMessage(state, messageId, (held) => (held.deleted ? held : { ...held, ...change }));
}

function asDeleted(message: OwnMessage): OwnMessage {
  const nothing = { body: "", attachments: [], reactions: [], mentions: [], replyTo: null };
  return { ...message, ...nothing, deleted: true, pinned: false, starred: false, isEditable: false };
}

function mapMessage(state: RoomState, id: number, change: (message: OwnMessage) => OwnMessage): RoomState {
  const at = state.messages.findIndex((message) => message.id === id);
  const held = state.messages[at];
  if (held === undefined) return state;
  return { ...state, messages: state.messages.with(at, change(held)) };
}
