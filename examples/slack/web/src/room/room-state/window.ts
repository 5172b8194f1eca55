/** The stretch of the history that is held: merged without duplicates, cut when it grows too long. */
import type { Message, OwnMessage } from "@wingbeat/example-slack/contract";
import type { RoomState } from "./types.ts";

/** More messages than this are not held: all of them are in the page. */
export const WINDOW_LIMIT = 200;
/** So many go at once, so that cutting is rare. */
const CUT = 50;

/** Both in the order of `seq`, each message once; of two versions the later one. */
export function mergeMessages(held: readonly OwnMessage[], coming: readonly OwnMessage[]): readonly OwnMessage[] {
  const first = coming[0];
  if (first === undefined) return held;
  const last = held.at(-1);
  if (last === undefined || (first.seq > last.seq && isOrdered(coming))) return [...held, ...coming];
  const bySeq = new Map(held.map((message) => [message.seq, message]));
  for (const message of coming) bySeq.set(message.seq, later(bySeq.get(message.seq), message));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** A page may have been read before an edit or a deletion that has been told of meanwhile. */
export function later(held: OwnMessage | undefined, coming: OwnMessage): OwnMessage {
  if (held === undefined) return coming;
  if (held.deleted && !coming.deleted) return held;
  return (held.editedAt ?? "") > (coming.editedAt ?? "") ? held : coming;
}

/** A message as it came to all, seen as this user's own where the server has not said so. */
export function asOwn(message: Message | OwnMessage, held?: OwnMessage): OwnMessage {
  return { isEditable: held?.isEditable ?? false, starred: held?.starred ?? false, ...message };
}

/** Puts messages beside those that are held. */
export function withMessages(state: RoomState, coming: readonly OwnMessage[]): RoomState {
  const messages = mergeMessages(state.messages, coming);
  if (messages === state.messages) return state;
  return { ...state, messages, newestSeq: newest(state, coming) };
}

export function newest(state: RoomState, coming: readonly Message[]): number {
  return coming.reduce((seq, message) => Math.max(seq, message.seq), state.newestSeq);
}

/** Forgets the messages of one end when there are too many; they are loaded again when they are scrolled to. */
export function cut(state: RoomState, end: "oldest" | "newest"): RoomState {
  if (state.messages.length <= WINDOW_LIMIT) return state;
  if (end === "newest") {
    return { ...state, messages: state.messages.slice(0, WINDOW_LIMIT - CUT), hasNewer: true };
  }
  const dropped = state.messages.length - (WINDOW_LIMIT - CUT);
  const messages = state.messages.slice(dropped);
  return { ...state, messages, hasOlder: true };
}

function isOrdered(messages: readonly OwnMessage[]): boolean {
  return messages.every((message, at) => at === 0 || (messages[at - 1]?.seq ?? 0) < message.seq);
}
