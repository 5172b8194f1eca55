import { PushError } from "@wingbeat/client";
import { expect, it } from "vitest";
import { ApiError } from "./api.ts";
import { sentenceOf } from "./refusal.ts";

const refused = (response: unknown) =>
  new PushError("refused", { topic: "user:1", event: "room:create", status: "error", response });

it("is the server's sentence", () => {
  expect(sentenceOf(refused({ reason: "taken", message: "There is one already." }))).toBe("There is one already.");
  expect(sentenceOf(new ApiError(403, "forbidden", "You may not."))).toBe("You may not.");
});

it("is the first issue of a payload that did not fit", () => {
  const issues = [{ message: "At most 40 letters.", path: ["name"] }];
  expect(sentenceOf(refused({ reason: "invalid payload", issues }))).toBe("At most 40 letters.");
});

it("says it when something came too fast", () => {
  const tooFast = refused({ reason: "rate limited", retry_after_ms: 120 });
  expect(sentenceOf(tooFast)).toMatch("too fast");
});

it("is one of our own for everything else", () => {
  expect(sentenceOf(refused({ reason: "unknown event" }))).toBe("The server refused that.");
  expect(sentenceOf(new PushError("timeout", { topic: "t", event: "e" }))).toMatch("in time");
  expect(sentenceOf(new PushError("closed", { topic: "t", event: "e" }))).toMatch("no connection");
  expect(sentenceOf(new PushError("unknown", { topic: "t", event: "e" }))).toMatch("safe to try again");
  expect(sentenceOf(new TypeError("x is undefined"))).toBe("Something went wrong. Try again.");
});
