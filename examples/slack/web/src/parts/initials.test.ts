import { expect, it } from "vitest";
import { initialsOf } from "./initials.ts";

it("takes the first and the last word", () => {
  expect(initialsOf("Ada King Lovelace")).toBe("AL");
  expect(initialsOf("  ada ")).toBe("A");
  expect(initialsOf("")).toBe("");
});

it("does not cut a character into halves", () => {
  expect(initialsOf("🦉 Owl")).toBe("🦉O");
});
