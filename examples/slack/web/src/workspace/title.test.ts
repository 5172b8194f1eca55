import { expect, it } from "vitest";
import { titleOf } from "./title.ts";
import { bob, room, unread } from "./workspace-fixtures.ts";

const general = room(1, "general");

it("says where one is", () => {
  expect(titleOf([general], general)).toBe("#general · Roost");
  expect(titleOf([general], null)).toBe("Roost");
  const direct = room(2, "Bob Okafor", { kind: "direct", peer: bob });
  expect(titleOf([direct], direct)).toBe("Bob Okafor · Roost");
});

it("adds all badges up, but those of rooms one wants to hear nothing of or that are archived", () => {
  const rooms = [
    general,
    room(2, "a", { unread: unread(2, true, 2) }),
    room(3, "b", { unread: unread(3, true, 1) }),
    room(4, "c", { notify: "none", unread: unread(4, true, 9) }),
    room(5, "d", { archived: true, unread: unread(5, true, 5) }),
  ];
  expect(titleOf(rooms, general)).toBe("(3) #general · Roost");
});

it("has a dot when another room is just bold", () => {
  expect(titleOf([general, room(2, "a", { unread: unread(2, true) })], general)).toBe("• #general · Roost");
  const bold = room(1, "general", { unread: unread(1, true) });
  expect(titleOf([bold], bold)).toBe("#general · Roost");
  expect(titleOf([general, room(2, "old", { archived: true, unread: unread(2, true) })], general)).toBe(
    "#general · Roost",
  );
});
