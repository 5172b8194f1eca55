import { describe, expect, it } from "vitest";
import { z } from "zod";
import { conflate, defineChannel, defineSocket, ok, volatile } from "../index.ts";

const base = defineChannel("room:*").join(() => ok());
const topics = (pattern: string) => defineChannel(pattern).join(() => ok());

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
    [
      "two channels with the same topics",
      () => defineSocket({ connect: () => ok(), channels: [topics("a:{id}"), topics("b"), topics("a:{name}")] }),
      "WB_OPTION",
    ],
    ["a push declared by what is neither schema nor delivery", () => base.pushes({ news: 1 }), "WB_OPTION"],
    [
      "a second handleCommand",
      () => base.handleCommand("go", () => {}).handleCommand("go", () => {}),
      "WB_DUPLICATE_HANDLER",
    ],
    [
      "an unknown part of a declaration",
      () => base.handleIn("x", { reply: z.string(), answer: z.string() } as never, () => {}),
      "WB_OPTION",
    ],
    // @ts-expect-error: the compiler sees it, too
    ["no join", () => defineSocket({ connect: () => ok(), channels: [defineChannel("a")] }), "WB_OPTION"],
  ])("%s", (_what, define, code) => {
    expect(define).toThrow(expect.objectContaining({ code }));
  });
});

describe("what is declared is kept, for a contract that is exported from it", () => {
  const [message, cursor, params, reply, error] = [
    z.object({}),
    z.object({}),
    z.object({}),
    z.object({}),
    z.object({}),
  ];

  it("pushes keep their schemas and deliveries", () => {
    const key = (): string => "";
    const { pushes } = defineChannel("room").pushes({ message, cursor }, { cursor: conflate(key) }).spec;
    expect([...pushes]).toEqual([
      ["message", { schema: message, delivery: undefined }],
      ["cursor", { schema: cursor, delivery: { "~delivery": "conflate", key } }],
    ]);
  });

  it("of pushes declared by type, those with a delivery are known", () => {
    const { pushes } = defineChannel("room").pushes<{ a: object; b: object }>({ b: volatile() }).spec;
    expect([...pushes]).toEqual([["b", { schema: undefined, delivery: { "~delivery": "volatile" } }]]);
  });

  it("joins and events keep the schemas of payload, reply and error", () => {
    const { join, handleIn, handleInPrefixes } = defineChannel("room")
      .join({ payload: params, reply, error }, () => ok({}))
      .handleIn("one", params, () => {})
      .handleIn("two", { reply }, () => ok({}))
      .handleIn("three:*", { error }, () => {}).spec;
    const schemas = [join, handleIn.get("one"), handleIn.get("two"), handleInPrefixes[0]?.handler];
    expect(schemas).toMatchObject([
      { schema: params, reply, error },
      { schema: params, reply: undefined, error: undefined },
      { schema: undefined, reply, error: undefined },
      { schema: undefined, reply: undefined, error },
    ]);
  });
});
