import { describe, expect, it } from "vitest";
import { linkOf, NO_STRIP, stripReducer, textOf } from "./strip.ts";
import type { Link, StripEvent } from "./strip.ts";

const link = (link: Link): StripEvent => ({ type: "link", link });
const caughtUp = (count: number): StripEvent => ({ type: "caught-up", count });
const after = (...events: readonly StripEvent[]) => events.reduce(stripReducer, NO_STRIP);

describe("stripReducer", () => {
  it("shows nothing at the first connection", () => {
    expect(after(link("starting"), link("up"), caughtUp(3))).toEqual(NO_STRIP);
  });

  it("says that the connection is lost, and that it is back, until that was read", () => {
    const lost = [link("up"), link("reconnecting")];
    expect(after(...lost).shown).toBe("reconnecting");
    expect(after(...lost, link("up")).shown).toBe("caught-up");
    expect(after(...lost, link("up"), { type: "read" })).toEqual(NO_STRIP);
  });

  it("adds up what the rooms have caught up, a little before and after", () => {
    expect(after(link("offline"), caughtUp(2), link("up"), caughtUp(3))).toEqual({ shown: "caught-up", count: 5 });
  });

  it("forgets the count when the connection is lost again", () => {
    expect(after(link("offline"), link("up"), caughtUp(3), link("reconnecting"), link("up")).count).toBe(0);
  });

  it("is not read away while the connection is lost", () => {
    expect(after(link("reconnecting"), { type: "read" }).shown).toBe("reconnecting");
  });
});

describe("linkOf", () => {
  it("is up when the user's channel is joined, not before", () => {
    expect(linkOf("open", true, true, true)).toBe("up");
    expect(linkOf("open", true, false, true)).toBe("reconnecting");
  });

  it("starts once", () => {
    expect(linkOf("connecting", true, false, false)).toBe("starting");
    expect(linkOf("reconnecting", true, false, true)).toBe("reconnecting");
    expect(linkOf("closed", true, false, true)).toBe("closed");
  });

  it("is offline when the browser says so, whatever the socket believes", () => {
    expect(linkOf("open", false, true, true)).toBe("offline");
  });
});

it("tells how many messages there were", () => {
  expect(textOf({ shown: "caught-up", count: 1 })).toBe("Connected again: caught up 1 message.");
  expect(textOf({ shown: "caught-up", count: 5 })).toBe("Connected again: caught up 5 messages.");
  expect(textOf(NO_STRIP)).toBe("");
});
