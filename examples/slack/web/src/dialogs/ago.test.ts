import { expect, it } from "vitest";
import { agoOf } from "./ago.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

it.each([
  ["2026-11-21T11:59:30Z", "just now"],
  ["2026-11-21T12:00:05Z", "just now"],
  ["2026-11-21T11:57:10Z", "2 minutes ago"],
  ["2026-11-21T09:30:00Z", "2 hours ago"],
  ["2026-11-20T11:00:00Z", "yesterday"],
  ["2026-11-11T12:00:00Z", "10 days ago"],
])("%s is %s", (time, text) => {
  expect(agoOf(time, NOW)).toBe(text);
});
