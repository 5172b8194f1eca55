/**
 * What the page knows of one room, and how everything that happens changes it: answers to joins, pushes, pages of the
 * history and what the user does here. Pure. Messages are a stretch of the history without holes, in the order of their
 * `seq`, each once.
 */
import type { HistoryPage, Message, OwnMessage, Room, RoomJoined, RoomRights } from "@wingbeat/example-slack/contract";
import { changeMember } from "./room-state/members.ts";
import type { MemberAction } from "./room-state/members.ts";
import { changeMessage, confirm, receive } from "./room-state/messages.ts";
import type { ChangeAction } from "./room-state/messages.ts";
import { joined } from "./room-state/joined.ts";
import { changeOutbox } from "./room-state/outbox.ts";
import type { OutboxAction } from "./room-state/outbox.ts";
import { addPage } from "./room-state/pages.ts";
import type { Outgoing, PageRequest, RoomState } from "./room-state/types.ts";

export type { Outgoing, PageRequest, RoomState } from "./room-state/types.ts";

export type RoomAction =
  | ChangeAction
  | MemberAction
  | OutboxAction
  | { readonly type: "opened" }
  /** What is held is not what would be shown now; the room is not on screen. */
  | { readonly type: "forgotten" }
  | { readonly type: "joined"; readonly reply: RoomJoined }
  | { readonly type: "page"; readonly request: PageRequest; readonly page: HistoryPage }
  | { readonly type: "received"; readonly message: Message | OwnMessage }
  | { readonly type: "sent"; readonly message: OwnMessage }
  | { readonly type: "room"; readonly room: Room }
  | { readonly type: "rights"; readonly rights: RoomRights }
  | { readonly type: "following"; readonly following: boolean }
  | { readonly type: "watching"; readonly watching: boolean }
  | { readonly type: "notice"; readonly text: string | null };

export function emptyRoom(userId: number, outbox: readonly Outgoing[] = []): RoomState {
  return {
    userId,
    room: null,
    me: null,
    members: [],
    messages: [],
    generation: 0,
    hasOlder: false,
    hasNewer: false,
    newestSeq: 0,
    unreadAfter: null,
    opening: true,
    following: true,
    watching: true,
    fresh: 0,
    outbox,
    notice: null,
  };
}

export function roomReducer(state: RoomState, action: RoomAction): RoomState {
  switch (action.type) {
    case "opened":
      return open(state);
    case "forgotten":
      return emptyRoom(state.userId, state.outbox);
    case "joined":
      return joined(state, action.reply);
    case "page":
      return addPage(state, action.request, action.page);
    case "received":
      return receive(state, action.message);
    case "sent":
      return confirm(state, action.message);
    case "updated":
    case "deleted":
    case "reactions":
    case "pinned":
    case "starred":
      return changeMessage(state, action);
    case "memberJoined":
    case "memberChanged":
    case "memberLeft":
      return changeMember(state, action);
    case "send":
    case "failed":
    case "retry":
    case "discard":
      return changeOutbox(state, action);
    case "room":
      return { ...state, room: action.room };
    case "rights":
      return { ...state, me: action.rights };
    case "following":
      return follow(state, action.following);
    case "watching":
      return state.watching === action.watching ? state : { ...state, watching: action.watching };
    case "notice":
      return { ...state, notice: action.text };
  }
}

/** The room is on screen again: at its end, so what is held of another place is of no use. */
function open(state: RoomState): RoomState {
  if (state.hasNewer) return emptyRoom(state.userId, state.outbox);
  return { ...state, opening: true, unreadAfter: null, following: true, fresh: 0, notice: null };
}

function follow(state: RoomState, following: boolean): RoomState {
  const fresh = following && !state.hasNewer ? 0 : state.fresh;
  return state.following === following && state.fresh === fresh ? state : { ...state, following, fresh };
}
