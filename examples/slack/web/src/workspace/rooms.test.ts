import { describe, expect, it } from "vitest";
import { badgeOf, firstRoom, inOrder, isBold, neighbour, sectionsOf } from "./rooms.ts";
import { bob, room, unread } from "./workspace-fixtures.ts";

const names = (rooms: readonly { readonly name: string }[]) => rooms.map(({ name }) => name);

describe("badgeOf and isBold", () => {
  it("show unread messages in bold, and mentions as a number", () => {
    expect([isBold(room(1, "a")), badgeOf(room(1, "a"))]).toEqual([false, 0]);
    const news = room(1, "a", { unread: unread(1, true) });
    expect([isBold(news), badgeOf(news)]).toEqual([true, 0]);
    const mentioned = room(1, "a", { unread: unread(1, true, 2) });
    expect([isBold(mentioned), badgeOf(mentioned)]).toEqual([true, 2]);
  });

  it("who wants mentions alone gets bold rooms for those alone", () => {
    expect(isBold(room(1, "a", { notify: "mentions", unread: unread(1, true) }))).toBe(false);
    expect(isBold(room(1, "a", { notify: "mentions", unread: unread(1, true, 1) }))).toBe(true);
  });

  it("who wants to hear nothing gets no number", () => {
    const quiet = room(1, "a", { notify: "none", unread: unread(1, true, 5) });
    expect([isBold(quiet), badgeOf(quiet)]).toEqual([true, 0]);
  });
});

describe("sectionsOf", () => {
  const direct = room(4, "Bob", { kind: "direct", peer: bob });

  it("has each room once, by name", () => {
    const star = room(5, "zebra", { starred: true });
    const { starred, channels, directs } = sectionsOf([direct, room(2, "beta"), star, room(1, "Alpha")], null);
    expect([names(starred), names(channels), names(directs)]).toEqual([["zebra"], ["Alpha", "beta"], ["Bob"]]);
  });

  it("leaves out what is archived or hidden, unless it is on screen", () => {
    const archived = room(6, "old", { archived: true, unread: unread(6, true) });
    const hidden = room(7, "quiet", { hidden: true });
    expect(inOrder(sectionsOf([archived, hidden], null))).toEqual([]);
    expect(inOrder(sectionsOf([archived, hidden], 6))).toEqual([archived]);
  });

  it("shows a hidden room that has something new", () => {
    const hidden = room(7, "quiet", { hidden: true, unread: unread(7, true) });
    expect(inOrder(sectionsOf([hidden], null))).toEqual([hidden]);
  });
});

describe("neighbour", () => {
  const rooms = [room(1, "a"), room(2, "b", { unread: unread(2, true) }), room(3, "c")];

  it("goes around the ends", () => {
    expect(neighbour(rooms, 3, 1)?.id).toBe(1);
    expect(neighbour(rooms, 1, -1)?.id).toBe(3);
    expect(neighbour(rooms, 1, 1)?.id).toBe(2);
  });

  it("begins at an end when none is current", () => {
    expect(neighbour(rooms, null, 1)?.id).toBe(1);
    expect(neighbour(rooms, null, -1)?.id).toBe(3);
  });

  it("goes to what is wanted alone, and never to the room that is on screen", () => {
    expect(neighbour(rooms, 3, 1, isBold)?.id).toBe(2);
    expect(neighbour(rooms, 2, 1, isBold)).toBeUndefined();
    expect(neighbour([], 1, 1)).toBeUndefined();
  });
});

describe("firstRoom", () => {
  const rooms = [room(1, "aardvarks"), room(2, "general"), room(3, "old", { archived: true })];

  it("is the one of the last visit, else #general, else the first", () => {
    expect(firstRoom(rooms, 1)?.id).toBe(1);
    expect(firstRoom(rooms, 99)?.id).toBe(2);
    expect(firstRoom(rooms, 3)?.id).toBe(2);
    expect(firstRoom([room(1, "aardvarks")], null)?.id).toBe(1);
    expect(firstRoom([], null)).toBeUndefined();
  });
});
