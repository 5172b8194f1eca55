// @vitest-environment happy-dom
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { Socket } from "@wingbeat/client";
import { createElement } from "react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settled } from "../../client/test/bindings/fake-server.ts";
import { liveServer } from "../../client/test/bindings/live-server.ts";
import type { LiveServer, UserSocket } from "../../client/test/bindings/live-server.ts";
import { failOnComplaints, options, SocketProvider, use, useChannel } from "./page.ts";

let server: LiveServer;

failOnComplaints();
beforeEach(async () => {
  server = await liveServer();
});
afterEach(async () => {
  cleanup();
  await settled();
  await server.close();
});

type Topic = `room:${string}` | null;
const useRoom = ({ topic, since }: { readonly topic: Topic; readonly since?: number }) =>
  useChannel(topic, since === undefined ? undefined : { since });

describe("useChannel", () => {
  it("joins, gives the reply, and pushes", async () => {
    const { result } = use(server, useRoom, { topic: "room:1", since: 3 });
    expect(result.current).toMatchObject({ state: "joining", reply: undefined, error: undefined });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    expect(result.current).toMatchObject({ reply: { since: 3 }, error: undefined, channel: { topic: "room:1" } });
    await expect(result.current.push("new_msg", { body: "hi" })).resolves.toEqual({ id: 7 });
  });

  it("casts on a channel that has joined, and says so when nothing was sent", async () => {
    const { result, rerender } = use(server, useRoom, { topic: "room:1" as Topic });
    const { cast } = result.current;
    expect(cast("new_msg", { body: "early" })).toBe(false);
    await waitFor(() => expect(result.current.state).toBe("joined"));
    const heard = new Promise((resolve) => result.current.channel?.on("new_msg", resolve));
    expect(result.current.cast).toBe(cast);
    expect(cast("new_msg", { body: "hi" })).toBe(true);
    await expect(heard).resolves.toMatchObject({ body: "hi" });
    rerender({ topic: null });
    expect(result.current.cast("new_msg", { body: "late" })).toBe(false);
  });

  it("says why, when the client may not stay on the topic after its login was renewed", async () => {
    const socket = new Socket<UserSocket>(server.url, { ...options, params: { token: "short" } });
    const wrapper = ({ children }: { readonly children: ReactNode }) =>
      createElement(SocketProvider, { socket }, children);
    const { result } = renderHook(() => [useChannel("room:adults"), useChannel("room:all")] as const, { wrapper });
    await waitFor(() => expect(result.current.map(({ state }) => state)).toEqual(["joined", "joined"]));
    await waitFor(() => expect(result.current[0].state).toBe("closed"), { timeout: 10_000 });
    expect(result.current[0].error).toMatchObject({ reason: "refused", response: { min: 18 } });
    expect(result.current[1]).toMatchObject({ state: "joined", error: undefined });
    expect(server.log).toContain("refused room:adults");
  });

  it("ends when the page is unmounted, and the connection with it", async () => {
    const { result, unmount } = use(server, useRoom, { topic: "room:1" });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    const socket = result.current.channel?.socket;
    unmount();
    await waitFor(() => expect(server.log[2]).toMatch(/^(left|closed) room:1$/));
    await waitFor(() => expect(socket?.isConnected()).toBe(false));
  });

  it("connects once and joins once in StrictMode", async () => {
    const { result, rerender } = use({ ...server, strict: true }, useRoom, { topic: "room:1" });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    rerender({ topic: "room:1" });
    await settled();
    await result.current.push("new_msg", { body: "still here" });
    expect(server.log).toEqual(["connect", "join room:1 {}"]);
  });

  it("leaves the old topic and joins the new one", async () => {
    const { result, rerender } = use(server, useRoom, { topic: "room:1" as Topic });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    rerender({ topic: "room:2" });
    expect(result.current).toMatchObject({ state: "joining", reply: undefined });
    await waitFor(() => expect(server.log).toContain("left room:1"));
    await waitFor(() => expect(result.current).toMatchObject({ state: "joined", channel: { topic: "room:2" } }));
    rerender({ topic: null });
    expect(result.current).toMatchObject({ state: "closed", channel: null });
    await waitFor(() => expect(server.log).toContain("left room:2"));
    expect(server.log).toHaveLength(5);
  });

  it("joins anew for params of other content only", async () => {
    const { result, rerender } = use(server, useRoom, { topic: "room:1", since: 1 });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    const { push } = result.current;
    rerender({ topic: "room:1", since: 1 });
    await settled();
    expect(result.current.push).toBe(push);
    expect(server.log).toEqual(["connect", 'join room:1 {"since":1}']);
    rerender({ topic: "room:1", since: 2 });
    await waitFor(() => expect(result.current.reply).toEqual({ since: 2 }));
    expect(server.log).toHaveLength(4);
    expect(server.log[3]).toBe('join room:1 {"since":2}');
  });

  it("asks the latest params function, and only when it joins", async () => {
    const useLater = (since: number) => useChannel("room:1", () => ({ since }));
    const { result, rerender } = use(server, useLater, 1);
    await waitFor(() => expect(result.current.reply).toEqual({ since: 1 }));
    rerender(2);
    await settled();
    expect(result.current.reply).toEqual({ since: 1 });
    await act(() => server.restart());
    await waitFor(() => expect(result.current.reply).toEqual({ since: 2 }));
  });

  it("shares one channel between components", async () => {
    const useTwice = () => [useChannel("room:1"), useChannel("room:1", { since: 1 })] as const;
    const { result } = use(server, useTwice, undefined);
    await waitFor(() => expect(result.current[0].state).toBe("joined"));
    expect(result.current[0].channel).toBe(result.current[1].channel);
    expect(result.current[0].reply).toEqual({ since: 1 });
    expect(server.log).toEqual(["connect", 'join room:1 {"since":1}']);
  });

  it("says why a join is refused", async () => {
    const { result } = use(server, useRoom, { topic: "room:secret" });
    await waitFor(() => expect(result.current.error).toBeDefined());
    expect(result.current.error).toMatchObject({ reason: "refused", response: { reason: "unauthorized" } });
    expect(result.current.error?.message).toBe('"phx_join" on "room:secret" was refused: unauthorized');
    expect(result.current.reply).toBeUndefined();
  });

  it("shows a crash until the channel has joined again", async () => {
    const states: string[] = [];
    const useWatched = () => {
      const room = useChannel("room:1");
      states.push(`${room.state} ${room.error?.reason ?? "-"} ${room.reply === undefined ? "-" : "reply"}`);
      return room;
    };
    const { result } = use(server, useWatched, undefined);
    await waitFor(() => expect(result.current.state).toBe("joined"));
    states.length = 0;
    await expect(result.current.push("crash")).rejects.toMatchObject({ reason: "crashed" });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    expect(states).toEqual(["errored crashed reply", "joining crashed reply", "joined - reply"]);
  });

  it("is closed when the server ends the channel, and stays so", async () => {
    const { result } = use(server, useRoom, { topic: "room:1" });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    result.current.push("end");
    await waitFor(() => expect(result.current.state).toBe("closed"));
    expect(result.current.error).toBeUndefined();
    expect(server.log).toEqual(["connect", "join room:1 {}", "normal room:1"]);
  });

  it("keeps the reply while a server restarts, and joins again", async () => {
    const { result } = use(server, useRoom, { topic: "room:1", since: 5 });
    await waitFor(() => expect(result.current.state).toBe("joined"));
    const { channel } = result.current;
    await act(() => server.stop());
    await waitFor(() => expect(result.current.state).toBe("errored"));
    expect(result.current).toMatchObject({ reply: { since: 5 }, error: undefined });
    await act(() => server.start());
    await waitFor(() => expect(result.current.state).toBe("joined"));
    expect(result.current.channel).toBe(channel);
    expect(server.log.filter((line) => line.startsWith("join"))).toHaveLength(2);
  });
});
