import { describe, expect, it } from "vitest";
import { commandIn, complete, completionAt, isWhole, matching } from "./completion.ts";

const at = (text: string) => completionAt(text, text.length);

describe("what is completed", () => {
  it.each([
    ["@", "user", ""],
    ["hi @bo", "user", "bo"],
    ["(#gen", "room", "gen"],
    [":ta", "emoji", "ta"],
    ["ok :+1", "emoji", "+1"],
    ["/inv", "command", "inv"],
  ])("%j", (text, kind, query) => expect(at(text)).toMatchObject({ kind, query }));

  it.each(["", "bob@exa", "a#b", ":", ":t", "at 10:30", ":-)", "@bob ", "say /join", "/join #x y", "@ bob"])(
    "nothing in %j",
    (text) => expect(at(text)).toBeUndefined(),
  );

  it.each([
    ["hi @Bob", "bob", true],
    ["hi @bo", "bob", false],
    ["see #general", "general", true],
    ["/join", "join", true],
    [":tada", "tada", false],
  ])("%j is as long as %j: %s", (text, value, expected) => expect(isWhole(at(text)!, value)).toBe(expected));

  it("is the word at the caret, not the last one", () => {
    expect(completionAt("@bo and more", 3)).toEqual({ kind: "user", query: "bo", from: 0 });
  });

  it("is replaced by the choice and one space", () => {
    const completion = completionAt("hi @bo and", 6);
    expect(completion && complete("hi @bo and", 6, completion, "@bob")).toEqual({ text: "hi @bob and", caret: 8 });
  });
});

it("candidates that begin with the query come first", () => {
  const names = ["random", "dark-mode", "general", "an"];
  expect(matching(names, "an", (name) => [name])).toEqual(["an", "random"]);
  expect(matching(names, "", (name) => [name])).toEqual(names);
});

it("commands are a slash, a word and the rest", () => {
  expect(commandIn("/topic  Hello there ")).toEqual({ name: "topic", args: "Hello there" });
  expect(commandIn("/Shrug")).toEqual({ name: "shrug", args: "" });
  expect(commandIn("//comment")).toBeUndefined();
  expect(commandIn("/usr/bin is a path")).toBeUndefined();
  expect(commandIn("say /join")).toBeUndefined();
});
