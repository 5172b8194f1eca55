import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../index.ts";

const base = defineChannel("room:*").join(() => ok());

describe("definitions that cannot work are refused by the builder", () => {
  it.each([
    ["a second join", () => base.join(() => ok()), "WB_DUPLICATE_HANDLER"],
    ["a second handleIn", () => base.handleIn("a", () => {}).handleIn("a", () => {}), "WB_DUPLICATE_HANDLER"],
    ["a second prefix", () => base.handleIn("a*", () => {}).handleIn("a*", () => {}), "WB_DUPLICATE_HANDLER"],
    ["a second handleOut", () => base.handleOut("a", () => {}).handleOut("a", () => {}), "WB_DUPLICATE_HANDLER"],
    ["a second handleInfo", () => base.handleInfo(() => {}).handleInfo(() => {}), "WB_DUPLICATE_HANDLER"],
    ["a second terminate", () => base.terminate(() => {}).terminate(() => {}), "WB_DUPLICATE_HANDLER"],
    ["a star in the middle of an event", () => base.handleIn("a*b", () => {}), "WB_PATTERN"],
    ["a bad topic", () => defineChannel("a*b"), "WB_PATTERN"],
    ["a handler that is none", () => base.handleIn("a", {} as never), "WB_OPTION"],
    ["a schema that is none", () => base.handleIn("a", {} as never, () => {}), "WB_OPTION"],
    // @ts-expect-error: the compiler sees it, too
    ["no join", () => defineSocket({ connect: () => ok(), channels: [defineChannel("a")] }), "WB_OPTION"],
  ])("%s", (_what, define, code) => {
    expect(define).toThrow(expect.objectContaining({ code }));
  });
});
