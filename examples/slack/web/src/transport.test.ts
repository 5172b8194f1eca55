// @vitest-environment happy-dom
import { LongPoll } from "@wingbeat/client";
import { beforeEach, expect, it } from "vitest";
import { chosenTransport } from "./transport.ts";

beforeEach(() => sessionStorage.clear());

it("is the browser's WebSocket unless the address says otherwise", async () => {
  expect(await chosenTransport("", sessionStorage)).toBeUndefined();
});

it("polls, and goes on with it in addresses that do not say so", async () => {
  expect(await chosenTransport("?transport=longpoll", sessionStorage)).toBe(LongPoll);
  expect(await chosenTransport("?m=7", sessionStorage)).toBe(LongPoll);
  expect(await chosenTransport("?transport=websocket", sessionStorage)).toBeUndefined();
  expect(await chosenTransport("", sessionStorage)).toBeUndefined();
});
