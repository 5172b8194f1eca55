/** The rows of the message list: messages and what is drawn above each of them. */
import type { OwnMessage } from "@wingbeat/example-slack/contract";
import type { Outgoing, RoomState } from "./room-state.ts";

interface Decorations {
  readonly key: string;
  /** Day to be named above the row: the first of its day. */
  readonly day: string | null;
  /** Of the same author as the row above and soon after it: without name and avatar. */
  readonly continued: boolean;
}

export interface MessageRowData extends Decorations {
  readonly message: OwnMessage;
  readonly unreadLine: boolean;
}

export interface OutgoingRowData extends Decorations {
  readonly outgoing: Outgoing;
}

export type Row = MessageRowData | OutgoingRowData;

/** Messages of one author within this time after each other are one group. */
const GROUP_MS = 5 * 60_000;

export function rowsOf(state: RoomState, dayOf: (at: string) => string = localDay): Row[] {
  const { messages, userId } = state;
  const unreadAt = firstUnread(state);
  const rows: Row[] = [];
  let above: Above | undefined;
  messages.forEach((message, at) => {
    const unreadLine = at === unreadAt;
    const day = dayOf(message.at);
    const isNewDay = day !== above?.day;
    const continued = !isNewDay && !unreadLine && message.replyTo === null && isContinued(above, message);
    rows.push({
      key: keyOf(message.user.id, message.clientId),
      day: isNewDay ? day : null,
      continued,
      unreadLine,
      message,
    });
    above = { day, at: message.at, userId: message.user.id, isPlain: message.kind === "message" && !message.deleted };
  });
  for (const outgoing of state.outbox) {
    const day = dayOf(outgoing.at);
    const isNewDay = day !== above?.day;
    const continued =
      !isNewDay &&
      outgoing.replyTo === null &&
      isContinued(above, { at: outgoing.at, user: { id: userId }, kind: "message", deleted: false });
    rows.push({ key: keyOf(userId, outgoing.clientId), day: isNewDay ? day : null, continued, outgoing });
    above = { day, at: outgoing.at, userId, isPlain: true };
  }
  return rows;
}

interface Above {
  readonly day: string;
  readonly at: string;
  readonly userId: number;
  readonly isPlain: boolean;
}

/** The row of an outgoing message stays the same element when the message is confirmed. */
const keyOf = (userId: number, clientId: string): string => `${userId}:${clientId}`;

function isContinued(
  above: Above | undefined,
  message: Pick<OwnMessage, "at" | "kind" | "deleted"> & { readonly user: { readonly id: number } },
): boolean {
  if (above === undefined || !above.isPlain || message.kind !== "message" || message.deleted) return false;
  return above.userId === message.user.id && Date.parse(message.at) - Date.parse(above.at) < GROUP_MS;
}

/** Index of the first message of somebody else after the line; -1 when it is not here. */
function firstUnread({ messages, unreadAfter, hasOlder, userId }: RoomState): number {
  if (unreadAfter === null) return -1;
  const at = messages.findIndex(({ seq, user }) => seq > unreadAfter && user.id !== userId);
  // Perhaps there are unread ones before the first that is here.
  return at === 0 && hasOlder ? -1 : at;
}

/** Days by minute: a list asks for the same ones at every change, and a Date for each message is a lot of rubbish. */
const days = new Map<string, string>();
const KEPT_DAYS = 5_000;

/** The day in the time zone of the page, as `2026-11-21`. */
function localDay(at: string): string {
  const minute = at.slice(0, 16);
  const known = days.get(minute);
  if (known !== undefined) return known;
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (days.size >= KEPT_DAYS) days.clear();
  days.set(minute, day);
  return day;
}
