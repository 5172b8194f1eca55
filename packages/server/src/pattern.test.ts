import { describe, expect, it } from "vitest";
import { WingbeatError } from "./errors.ts";
import { parsePattern } from "./pattern.ts";

describe("a pattern fits", () => {
  it.each([
    ["lobby", "lobby", {}],
    ["room:*", "room:1", {}],
    ["room:*", "room:", {}],
    ["room:*", "room:1:2", {}],
    ["*", "", {}],
    ["room:{id}", "room:1", { id: "1" }],
    ["room:{id}", "room:a:b\nc", { id: "a:b\nc" }],
    ["room:{room}:user:{user}", "room:1:user:2:3", { room: "1", user: "2:3" }],
    ["room:{id}:admin", "room:1:admin", { id: "1" }],
    ["room:{id}:admin", "room:a:admin:admin", { id: "a:admin" }],
    ["{a}-{b}", "x-y-z", { a: "x", b: "y-z" }],
    ["a.b+{id}", "a.b+1", { id: "1" }],
    ["r:{__proto__x}", "r:1", { __proto__x: "1" }],
    ["größe:{id}", "größe:🦋", { id: "🦋" }],
  ])("%s: %j", (pattern, topic, params) => {
    expect(parsePattern(pattern).match(topic)).toEqual(params);
  });
});

describe("a pattern does not fit", () => {
  it.each([
    ["lobby", "lobby2"],
    ["lobby", "Lobby"],
    ["lobby", " lobby"],
    ["room:*", "room"],
    ["room:*", "aroom:1"],
    ["room:{id}", "room:"],
    ["room:{id}", "aroom:1"],
    ["room:{room}:user:{user}", "room::user:1"],
    ["room:{room}:user:{user}", "room:1:user:"],
    ["room:{id}:admin", "room:1:admin2"],
    ["a.b+{id}", "axbb1"],
  ])("%s: %j", (pattern, topic) => {
    expect(parsePattern(pattern).match(topic)).toBeUndefined();
  });
});

describe("a pattern is refused", () => {
  it.each([
    ["", "must be a string"],
    [7, "must be a string"],
    ["a*b", 'has "*" before its end'],
    ["**", 'has "*" before its end'],
    ["room:{id}*", 'mixes "*" and "{…}"'],
    ["room:{a}{b}", "has two placeholders with nothing between them"],
    ["room:{a}:{a}", 'names "a" twice'],
    ["room:{}", 'has a "{" or "}" without a name'],
    ["room:{a b}", 'has a "{" or "}" without a name'],
    ["room:{1}", 'has a "{" or "}" without a name'],
    ["room:{id", 'has a "{" or "}" without a name'],
    ["room:id}", 'has a "{" or "}" without a name'],
  ])("%j", (pattern, why) => {
    const parse = (): unknown => parsePattern(pattern as string);
    expect(parse).toThrow(WingbeatError);
    expect(parse).toThrow(expect.objectContaining({ code: "WB_PATTERN", message: expect.stringContaining(why) }));
  });
});

it("reads a very long topic that does not fit in linear time", () => {
  const pattern = parsePattern("a:{x}:{y}:end");
  expect(pattern.match(`a:${":b".repeat(1_000_000)}`)).toBeUndefined();
  expect(pattern.match(`a:${":b".repeat(1_000_000)}:end`)).toMatchObject({ x: ":b" });
});
