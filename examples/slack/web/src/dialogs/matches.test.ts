import { expect, it } from "vitest";
import { bestMatches, matchOf } from "./matches.ts";

const best = (names: readonly string[], query: string) => bestMatches(names, query, (name) => [name]);

it("prefers beginnings, then later words, then insides, then letters in order", () => {
  expect(best(["xgenx", "old-general", "general", "gatekeeping news"], "gen")).toEqual([
    "general",
    "old-general",
    "xgenx",
    "gatekeeping news",
  ]);
});

it("leaves out what does not fit, and everything fits nothing", () => {
  expect(best(["general", "random"], "zz")).toEqual([]);
  expect(best(["b", "a"], " ")).toEqual(["b", "a"]);
});

it("takes # and @ for what they are", () => {
  expect(matchOf("general", "#Gen")).toBe(matchOf("general", "gen"));
});

it("takes the best of several names", () => {
  const people = [{ names: ["Bob Okafor", "bob"] }, { names: ["Carol Reyes", "okapi"] }];
  expect(bestMatches(people, "oka", ({ names }) => names)).toEqual([people[1], people[0]]);
});
