import { expect, it } from "vitest";
import type { Status } from "@wingbeat/example-slack/contract";
import { mergeMetas, statusesOf } from "./statuses.ts";

const merged = (...statuses: readonly Status[]) => mergeMetas(statuses.map((status) => ({ status })));

it("is as present as the most present tab", () => {
  expect(merged("away", "online")).toBe("online");
  expect(merged("offline", "away")).toBe("away");
  expect(merged("offline")).toBe("offline");
});

it("is busy as soon as one tab knows", () => {
  expect(merged("online", "busy", "away")).toBe("busy");
});

it("is offline without a tab", () => {
  expect(merged()).toBe("offline");
});

it("goes by user id", () => {
  const statuses = statusesOf({ 7: { metas: [{ status: "away" }, { status: "online" }] }, 8: { metas: [] } });
  expect([...statuses]).toEqual([
    [7, "online"],
    [8, "offline"],
  ]);
});
