import type { Me, RoomSummary, User } from "@wingbeat/example-slack/contract";

export const alice: User = { id: 1, username: "alice", name: "Alice Winter", hue: 262 };
export const bob: User = { id: 2, username: "bob", name: "Bob Okafor", hue: 205 };

export const me: Me = {
  user: alice,
  sessionId: "s1",
  roles: ["user"],
  permissions: ["create-public"],
  manualStatus: "online",
  preferences: { theme: "system", desktopNotifications: false },
  banned: null,
};

/** A public room without anything unread, changed by `differences`. */
export function room(id: number, name: string, differences: Partial<RoomSummary> = {}): RoomSummary {
  return {
    id,
    kind: "public",
    name,
    topic: "",
    readOnly: false,
    archived: false,
    lastSeq: 10,
    starred: false,
    hidden: false,
    notify: "all",
    peer: null,
    unread: unread(id),
    ...differences,
  };
}

export const unread = (roomId: number, hasUnread = false, mentions = 0) => ({
  roomId,
  hasUnread,
  mentions,
  lastReadSeq: hasUnread ? 9 : 10,
});
