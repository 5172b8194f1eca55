import { expect, it } from "vitest";
import { Disconnects } from "./disconnects.ts";

it("knows the last disconnect of an id", () => {
  const disconnects = new Disconnects();
  disconnects.add("a", 100);
  disconnects.add("b", 150);
  disconnects.add("a", 200);
  expect(disconnects.hasSince("a", 150)).toBe(true);
  expect(disconnects.hasSince("b", 150)).toBe(true);
  expect(disconnects.hasSince("b", 151)).toBe(false);
  expect(disconnects.hasSince("c", 0)).toBe(false);
});

it("forgets what is older than a minute, and the oldest of more than 10,000", () => {
  const disconnects = new Disconnects();
  disconnects.add("old", 0);
  for (let n = 0; n < 10_005; n++) disconnects.add(`id:${n}`, 60_000);
  expect(disconnects.size).toBe(10_000);
  expect(disconnects.hasSince("old", 0)).toBe(false);
  expect(disconnects.hasSince("id:5", 60_000)).toBe(true);
  disconnects.add("new", 120_001);
  expect(disconnects.size).toBe(1);
});
