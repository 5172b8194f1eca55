// @vitest-environment happy-dom
import { cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import { Socket } from "@wingbeat/client";
import { SocketProvider as Untyped, createHooks, useChannel as useUntypedChannel } from "@wingbeat/react";
import { createElement } from "react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settled } from "../../client/test/bindings/fake-server.ts";
import { liveServer } from "../../client/test/bindings/live-server.ts";
import type { LiveServer, UserSocket } from "../../client/test/bindings/live-server.ts";
import { SocketProvider, options, use, useChannel, useConnection, useRefusal, useSocket } from "./page.ts";

let server: LiveServer;
let other: LiveServer;

beforeEach(async () => {
  [server, other] = [await liveServer(), await liveServer()];
});
afterEach(async () => {
  cleanup();
  await settled();
  await Promise.all([server.close(), other.close()]);
});

describe("SocketProvider", () => {
  it("keeps its socket while options are new objects with the same url", async () => {
    const sockets = new Set<unknown>();
    const Look = () => {
      sockets.add(useSocket());
      return useConnection();
    };
    const page = (token: string) =>
      createElement(
        SocketProvider,
        { url: server.url, options: { ...options, params: { token } } },
        createElement(Look),
      );
    const { rerender } = render(page("old"));
    await screen.findByText("open");
    rerender(page("new"));
    await settled();
    expect(sockets.size).toBe(1);
    expect(server.log).toEqual(["connect old"]);

    await server.restart();
    await waitFor(() => expect(server.log).toEqual(["connect old", "connect new"]));
  });

  it("makes another socket for another url, and its channels move", async () => {
    const Room = () => {
      const room = useChannel("room:1");
      return `${useSocket().endPoint.includes(other.url) ? "other" : "first"} ${room.state}`;
    };
    const page = (url: string) => createElement(SocketProvider, { url, options }, createElement(Room));
    const { rerender } = render(page(server.url));
    await screen.findByText("first joined");
    rerender(page(other.url));
    await screen.findByText("other joined");
    await waitFor(() => expect(server.log.at(-1)).toMatch(/^(left|closed) room:1$/));
    expect(other.log).toEqual(["connect", "join room:1 {}"]);
  });

  it("takes a socket of your own, connects and disconnects it, StrictMode or not", async () => {
    const socket = new Socket<UserSocket>(server.url, options);
    const closed = vi.fn<() => void>();
    socket.onClose(closed);
    const wrapper = ({ children }: { readonly children: ReactNode }) =>
      createElement(SocketProvider, { socket }, children);
    const { result, unmount } = renderHook(() => [useSocket(), useConnection()] as const, {
      wrapper,
      reactStrictMode: true,
    });
    expect(result.current[0]).toBe(socket);
    await waitFor(() => expect(result.current[1]).toBe("open"));
    expect(closed).not.toHaveBeenCalled();
    unmount();
    await waitFor(() => expect(closed).toHaveBeenCalledOnce());
    expect(server.log).toEqual(["connect"]);
  });

  it("says that the server has refused it and why, until it is asked to try again", async () => {
    let token = "bad";
    const socket = new Socket<UserSocket>(server.url, { ...options, params: () => ({ token }) });
    const wrapper = ({ children }: { readonly children: ReactNode }) =>
      createElement(SocketProvider, { socket }, children);
    const { result } = renderHook(() => [useConnection(), useRefusal()] as const, { wrapper });
    await waitFor(() => expect(result.current).toEqual(["refused", { reason: { why: "bad token" } }]));
    token = "good";
    socket.connect();
    await waitFor(() => expect(result.current).toEqual(["open", null]));
    expect(server.log).toEqual(["connect bad", "connect good"]);
  });

  it("says so when it is missing", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    expect(() => renderHook(() => useSocket())).toThrow(/not inside a SocketProvider of the same createHooks\(\)/);
    const { useSocket: useAnother } = createHooks();
    expect(() => use(server, useAnother, undefined)).toThrow(/of the same createHooks/);
  });

  it("works untyped with any server", async () => {
    const wrapper = ({ children }: { readonly children: ReactNode }) =>
      createElement(Untyped, { url: server.url, options }, children);
    const { result } = renderHook(() => useUntypedChannel("room:1", { since: 2 }), { wrapper });
    await waitFor(() => expect(result.current.reply).toEqual({ since: 2 }));
  });
});
