/** Messages and answers as the server gives them, for tests. */
import type { HistoryPage, OwnMessage, RoomJoined, User } from "@wingbeat/example-slack/contract";

export const alice: User = { id: 1, username: "alice", name: "Alice Moreau", hue: 20 };
export const bob: User = { id: 2, username: "bob", name: "Bob Tanaka", hue: 210 };

export function message(seq: number, changes: Partial<OwnMessage> = {}): OwnMessage {
  return {
    id: 1000 + seq,
    roomId: 7,
    seq,
    clientId: `c${seq}`,
    kind: "message",
    user: bob,
    body: `message ${seq}`,
    at: new Date(Date.UTC(2026, 10, 20, 9, 0, seq)).toISOString(),
    editedAt: null,
    deleted: false,
    pinned: false,
    replyTo: null,
    reactions: [],
    attachments: [],
    mentions: [],
    isEditable: false,
    starred: false,
    ...changes,
  };
}

/** Messages `from` to `to`, both included. */
export const messages = (from: number, to: number): OwnMessage[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => message(from + at));

export function joinedWith(held: readonly OwnMessage[], changes: Partial<RoomJoined> = {}): RoomJoined {
  const lastSeq = held.at(-1)?.seq ?? 0;
  return {
    room: { id: 7, kind: "public", name: "general", topic: "", readOnly: false, archived: false, lastSeq, peer: null },
    me: { role: "member", post: true, postRefused: null, permissions: [] },
    members: [{ user: alice, role: "member", muted: false }],
    messages: held,
    hasMore: (held[0]?.seq ?? 1) > 1,
    starred: [],
    lastReadSeq: lastSeq,
    ...changes,
  };
}

/** A page of a history of `lastSeq` messages. */
export const pageOf = (from: number, to: number, lastSeq: number): HistoryPage => ({
  messages: messages(from, to),
  hasOlder: from > 1,
  hasNewer: to < lastSeq,
});
