// @vitest-environment happy-dom
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { createHooks } from "@wingbeat/react";
import { Component, StrictMode, Suspense, createElement } from "react";
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settled } from "../../client/test/bindings/fake-server.ts";
import { liveServer } from "../../client/test/bindings/live-server.ts";
import type { LiveServer, UserSocket } from "../../client/test/bindings/live-server.ts";
import { OPTIONS } from "../../client/test/bindings/test-page.ts";

const { SocketProvider, useSuspenseChannel } = createHooks<UserSocket>();

let server: LiveServer;

beforeEach(async () => {
  server = await liveServer();
});
afterEach(async () => {
  cleanup();
  await settled();
  await server.close();
});

function Room({ topic }: { readonly topic: `room:${string}` }) {
  const { reply, state } = useSuspenseChannel(topic, { since: 4 });
  return `${state} since ${reply.since}`;
}

class Boundary extends Component<{ readonly children: ReactNode }> {
  override readonly state: { readonly error?: Error } = {};
  static getDerivedStateFromError = (error: Error) => ({ error });
  override render = () => this.state.error?.message ?? this.props.children;
}

const below = (topic: `room:${string}`) =>
  createElement(
    SocketProvider,
    { url: server.url, options: OPTIONS },
    createElement(
      Boundary,
      null,
      createElement(Suspense, { fallback: "waiting" }, createElement(Room, { key: topic, topic })),
    ),
  );

describe("useSuspenseChannel", () => {
  it("suspends the component until it has joined, once, also in StrictMode", async () => {
    render(createElement(StrictMode, null, below("room:slow")));
    await screen.findByText("waiting");
    await waitFor(() => expect(server.log).toEqual(["connect", 'join room:slow {"since":4}']));
    server.letIn();
    await screen.findByText("joined since 4");
    expect(server.log).toHaveLength(2);
  });

  it("throws a refusal to the error boundary", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    render(below("room:secret"));
    await screen.findByText(/"phx_join" on "room:secret" .*unauthorized/);
  });

  it("leaves the topic when the component has gone while it waited", async () => {
    const { rerender } = render(below("room:slow"));
    await waitFor(() => expect(server.log).toContain('join room:slow {"since":4}'));
    rerender(below("room:1"));
    await screen.findByText("joined since 4");
    server.letIn();
    await waitFor(() => expect(server.log.at(-1)).toBe("left room:slow"), { timeout: 60_000 });
  });

  it("renders the fallback on a server, and opens nothing", () => {
    vi.stubGlobal("window", undefined);
    expect(renderToString(below("room:1"))).toContain("waiting");
    vi.unstubAllGlobals();
    expect(server.log).toEqual([]);
  });
});
