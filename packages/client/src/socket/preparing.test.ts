/** Params and auth tokens that are awaited before a connection. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setUp, spy } from "../../test/fake-transport.ts";
import { protocolsFor } from "./auth-token.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));
const failing = (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error("no token")), ms));
const bearer = (protocols: string[] | undefined): string =>
  Buffer.from((protocols?.[1] ?? "").slice("base64url.bearer.phx.".length), "base64").toString();

describe("an auth token", () => {
  it("goes as a subprotocol: base64 without padding, after phoenix", () => {
    const { socket, server } = setUp({ authToken: "1234" });
    socket.connect();
    expect(server().protocols).toEqual(["phoenix", "base64url.bearer.phx.MTIzNA"]);
    expect(server().url).toBe("ws://server/socket/websocket?vsn=2.0.0&wingbeat=1");
  });

  it("may be given by a function", () => {
    const { socket, server } = setUp({ authToken: () => "1234" });
    socket.connect();
    expect(server().protocols).toEqual(["phoenix", "base64url.bearer.phx.MTIzNA"]);
  });

  it("of a function is asked for at every connection", async () => {
    let count = 0;
    const { socket, made, server } = setUp({ authToken: () => `token${++count}` });
    socket.connect();
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    expect(made.map(({ protocols }) => bearer(protocols))).toEqual(["token1", "token2"]);
  });

  it.each([undefined, null, ""])("of %j is none", (authToken) => {
    const { socket, server } = setUp({ authToken: () => authToken });
    socket.connect();
    expect(server().protocols).toBeUndefined();
  });

  it("is UTF-8, and never has a sign that a subprotocol may not have", () => {
    expect(bearer(protocolsFor("žetón 🎉"))).toBe("žetón 🎉");
    const slashed = protocolsFor("???>>>~~~");
    expect(slashed?.[1]).toMatch(/^base64url\.bearer\.phx\.[\w-]+$/);
    expect(Buffer.from((slashed?.[1] ?? "").slice(21), "base64url").toString()).toBe("???>>>~~~");
    // What needs no change stays in the alphabet that Phoenix reads.
    expect(protocolsFor("a>>b>>")?.[1]).toContain("+");
  });
});

describe("params and tokens that are promises", () => {
  it("are awaited; the socket is connecting meanwhile", async () => {
    const { socket, made, server } = setUp({ params: () => after(30, { a: 1 }), authToken: () => after(50, "late") });
    socket.connect();
    socket.connect();
    await vi.advanceTimersByTimeAsync(49);
    expect([made.length, socket.connectionState()]).toEqual([0, "connecting"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(made).toHaveLength(1);
    expect(server().url).toBe("ws://server/socket/websocket?a=1&vsn=2.0.0&wingbeat=1");
    expect(bearer(server().protocols)).toBe("late");
  });

  it("are tried again when they fail, and onError hears of it", async () => {
    let failures = 2;
    const { socket, made } = setUp({ authToken: () => (failures-- > 0 ? failing(20) : after(0, "good")) });
    const errors = spy();
    socket.onError(errors);
    socket.connect();
    await vi.advanceTimersByTimeAsync(20);
    expect(errors).toHaveBeenCalledWith(new Error("no token"), socket.transport, 0);
    expect(socket.connectionState()).toBe("closed");
    await vi.advanceTimersByTimeAsync(45);
    expect([errors.mock.calls.length, made.length]).toEqual([2, 1]);
  });

  it("that throw when reconnecting are as good as a connection that failed", async () => {
    let broken = false;
    const params = () => {
      if (broken) throw new Error("no params");
      return {};
    };
    const { socket, made, server } = setUp({ params });
    const errors = spy();
    socket.onError(errors);
    socket.connect();
    broken = true;
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    expect(errors).toHaveBeenCalledOnce();
    broken = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(made).toHaveLength(2);
  });

  it("are dropped when the socket is disconnected while it waits: no connection, no error, no retry", async () => {
    for (const authToken of [() => after(20, "late"), () => failing(20)]) {
      const { socket, made } = setUp({ authToken });
      const [done, errors] = [spy(), spy()];
      socket.onError(errors);
      socket.connect();
      socket.disconnect(done);
      expect(done).toHaveBeenCalledOnce();
      await vi.advanceTimersByTimeAsync(60_000);
      expect([made.length, errors.mock.calls.length, socket.connectionState()]).toEqual([0, 0, "closed"]);
    }
  });

  it("of an earlier connect lose against those of a newer one, also when they come later", async () => {
    const pauses = [50, 10];
    let count = 0;
    const { socket, made } = setUp({ params: () => after(pauses[count] ?? 0, { count: ++count }) });
    socket.connect();
    socket.disconnect();
    socket.connect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.map(({ url }) => new URL(url).searchParams.get("count"))).toEqual(["2"]);
  });

  it("are not in the address that a socket tells", () => {
    expect(setUp({ params: () => after(0, { a: 1 }) }).socket.endPointURL()).toBe(
      "ws://server/socket/websocket?vsn=2.0.0&wingbeat=1",
    );
  });
});
