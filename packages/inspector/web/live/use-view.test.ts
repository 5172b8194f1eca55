// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { fakeServer, ok, refuse } from "@wingbeat/client/testing";
import { createElement } from "react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Answer, InspectorSocket, TopicsQuery } from "../contract.ts";
import { HoldContext } from "./hold.ts";
import type { Hold } from "./hold.ts";
import { SocketProvider } from "./realtime.ts";
import { useView } from "./use-view.ts";

let server: ReturnType<typeof fakeServer<InspectorSocket>>;
let asked: unknown[];
let hold: Hold;
beforeEach(() => {
  asked = [];
  hold = { paused: false, pause: () => {}, selecting: false };
  server = fakeServer<InspectorSocket>();
});
afterEach(() => {
  cleanup();
  server.close();
});

const answer = (at: number): Answer<"topics"> => ({
  view: "topics",
  at,
  nodes: ["a"],
  silent: [],
  data: { total: 0, rows: [] },
});

function render(first: TopicsQuery) {
  const socket = server.socket();
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(SocketProvider, { socket }, createElement(HoldContext, { value: hold }, children));
  return renderHook((query: TopicsQuery) => useView("topics", query), { wrapper, initialProps: first });
}

const opens = () =>
  server
    .channel("view:topics")
    .onJoin(({ query }) => {
      asked.push(["join", query]);
      return ok();
    })
    .on("query", (query) => {
      asked.push(["query", query]);
      return ok();
    });

it("shows what comes, and asks anew on the same channel when the query changes", async () => {
  opens();
  const view = render({ topic: "a" });
  const client = await act(() => server.joined("view:topics"));
  act(() => client.push("answer", answer(1)));
  expect(view.result.current.seen).toMatchObject({ answer: { at: 1 }, of: '{"topic":"a"}' });
  await act(async () => view.rerender({ topic: "ab" }));
  // What was there stays until there is something newer.
  expect(view.result.current.seen?.answer.at).toBe(1);
  act(() => client.push("answer", answer(2)));
  expect(view.result.current.seen).toMatchObject({ answer: { at: 2 }, of: '{"topic":"ab"}' });
  expect(asked).toEqual([
    ["join", { topic: "a" }],
    ["query", { topic: "ab" }],
  ]);
});

it("joins again with the last query after a lost connection", async () => {
  opens();
  const view = render({ topic: "a" });
  await act(() => server.joined("view:topics"));
  await act(async () => view.rerender({ topic: "b" }));
  await act(async () => {
    server.disconnect();
    await server.joined("view:topics");
  });
  expect(asked.at(-1)).toEqual(["join", { topic: "b" }]);
});

it("is left while the page is paused, and joined again", async () => {
  opens();
  const view = render({});
  const client = await act(() => server.joined("view:topics"));
  act(() => client.push("answer", answer(1)));
  hold = { ...hold, paused: true };
  await act(async () => view.rerender({}));
  // The server's end is over.
  await vi.waitFor(() => expect(() => client.push("answer", answer(2))).toThrow(/ended|left|closed/));
  expect(view.result.current.seen?.answer.at).toBe(1);
  hold = { ...hold, paused: false };
  await act(async () => view.rerender({}));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
});

it("waits while somebody selects text, and shows the last answer after that", async () => {
  opens();
  const view = render({});
  const client = await act(() => server.joined("view:topics"));
  act(() => client.push("answer", answer(1)));
  hold = { ...hold, selecting: true };
  await act(async () => view.rerender({}));
  act(() => client.push("answer", answer(2)));
  act(() => client.push("answer", answer(3)));
  expect(view.result.current.seen?.answer.at).toBe(1);
  hold = { ...hold, selecting: false };
  await act(async () => view.rerender({}));
  expect(view.result.current.seen?.answer.at).toBe(3);
});

it("says why the server refuses", async () => {
  server.channel("view:topics").onJoin(() => refuse({ reason: "not allowed" }));
  const view = render({});
  await act(async () => {});
  expect(view.result.current.error).toMatchObject({ reason: "refused", response: { reason: "not allowed" } });
});
