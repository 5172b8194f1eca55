// @vitest-environment happy-dom
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import { SocketProvider, createHooks, useChannel, useSocket } from "@wingbeat/react";
import { createElement } from "react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { settled } from "../../client/test/bindings/fake-server.ts";
import { liveServer } from "../../client/test/bindings/live-server.ts";
import { OPTIONS } from "../../client/test/bindings/test-page.ts";

afterEach(cleanup);

describe("a provider", () => {
  it("must be there, and be one of the same createHooks()", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const wrapper = ({ children }: { readonly children: ReactNode }) =>
      createElement(SocketProvider, { url: "ws://server/socket" }, children);
    const message = /not inside a SocketProvider of the same createHooks\(\)/;
    expect(() => renderHook(() => useSocket())).toThrow(message);
    expect(() => renderHook(() => createHooks().useSocket(), { wrapper })).toThrow(message);
  });

  it("of each of several servers has a socket of its own, for components below both", async () => {
    const servers = [await liveServer(), await liveServer()];
    const [one, other] = [createHooks(), createHooks()];
    const wrapper = ({ children }: { readonly children: ReactNode }) =>
      createElement(
        one.SocketProvider,
        { url: servers[0]!.url, options: OPTIONS },
        createElement(other.SocketProvider, { url: servers[1]!.url, options: OPTIONS }, children),
      );
    const { result } = renderHook(() => [one.useChannel("room:1"), other.useChannel("room:2")] as const, { wrapper });
    await waitFor(() => expect(result.current.map(({ state }) => state)).toEqual(["joined", "joined"]));
    expect(servers.map(({ log }) => log)).toEqual([
      ["connect", "join room:1 {}"],
      ["connect", "join room:2 {}"],
    ]);
    cleanup();
    await settled();
    await Promise.all(servers.map((server) => server.close()));
  });
});

it("hooks register nothing again when a component is rendered anew", async () => {
  const server = await liveServer();
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(SocketProvider, { url: server.url, options: OPTIONS }, children);
  const { useEvent } = createHooks();
  const useRoom = () => {
    const room = useChannel("room:1");
    useEvent(room.channel, "new_msg", () => {});
    return room;
  };
  const { result, rerender } = renderHook(useRoom, { wrapper });
  await waitFor(() => expect(result.current.state).toBe("joined"));
  const on = vi.spyOn(result.current.channel!, "on");
  const room = result.current;
  rerender();
  expect(on).not.toHaveBeenCalled();
  expect(result.current).toBe(room);
  cleanup();
  await settled();
  await server.close();
});
