/** @vitest-environment happy-dom */
/** A login that ends, renewed over the same connection. */
import type { SocketOptions } from "@wingbeat/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setUp } from "../../test/fake-transport.ts";
import type { FakeTransport, Message, Setup } from "../../test/fake-transport.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { document } = globalThis as unknown as { readonly document: EventTarget };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** What the server says of the login. The file that renews it is loaded by then. */
async function expiresIn(server: FakeTransport, payload: unknown): Promise<void> {
  server.receive(null, null, "phoenix", "wb_expires", payload);
  await vi.dynamicImportSettled();
}

/** A connected socket whose login ends. */
async function setUpLogin(ms: number, options: SocketOptions = {}): Promise<Setup> {
  const setup = setUp({ heartbeatIntervalMs: Infinity, ...options });
  setup.socket.connect();
  await after(0);
  setup.server().open();
  await expiresIn(setup.server(), { in: ms });
  return setup;
}

const refreshes = ({ sent }: FakeTransport): Message[] => sent.filter(([, , , event]) => event === "wb_refresh");
/** Lets time pass until the next refresh is sent; gives how much. */
async function untilRefresh(server: FakeTransport, step = 50): Promise<number> {
  const [count, start] = [refreshes(server).length, Date.now()];
  while (refreshes(server).length === count && Date.now() - start < 2 * HOUR + 2000 * step) await after(step);
  return Date.now() - start;
}
const answer = (server: FakeTransport, status: string, response: unknown): Promise<void> => {
  server.reply(status, response, refreshes(server).at(-1));
  return after(0) as unknown as Promise<void>;
};

describe("a login that ends", () => {
  it("is renewed at 60 to 80 % of it, at random, with params and token as they are then", async () => {
    const times: number[] = [];
    for (let count = 0; count < 20; count++) {
      let [names, tokens] = [0, 0];
      const options = { params: async () => ({ "a b": ++names }), authToken: () => `token ${++tokens}` };
      const { server } = await setUpLogin(HOUR, options);
      times.push(await untilRefresh(server(), 1_000));
      const credentials = { query: "a%20b=2&vsn=2.0.0&wingbeat=1", token: "token 2" };
      const ref = expect.any(String) as string;
      expect(refreshes(server())).toEqual([[null, ref, "phoenix", "wb_refresh", credentials]]);
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0.6 * HOUR);
    expect(Math.max(...times)).toBeLessThanOrEqual(0.8 * HOUR + 2_000);
    expect(new Set(times).size).toBeGreaterThan(10);
  });

  it("is renewed again, by the time that the server gives, over one connection", async () => {
    const { made, server } = await setUpLogin(10_000);
    for (const ms of [10_000, HOUR, 30_000]) {
      await untilRefresh(server());
      await answer(server(), "ok", { in: ms });
      expect(await untilRefresh(server())).toBeGreaterThanOrEqual(0.6 * ms);
      await answer(server(), "ok", { in: 10_000 });
    }
    expect(made).toHaveLength(1);
    expect(refreshes(server())).toHaveLength(6);
  });

  it("may be longer than a timer, and have no end any more", async () => {
    const { server } = await setUpLogin(100 * DAY, { timeout: DAY });
    await after(59 * DAY);
    expect(refreshes(server())).toEqual([]);
    // Late by the loop below, so the server may take a day to answer.
    await untilRefresh(server(), HOUR);
    await answer(server(), "ok", {});
    await after(100 * DAY);
    expect(refreshes(server())).toHaveLength(1);
  });

  it("does not depend on what time this machine thinks it is", async () => {
    vi.setSystemTime(0);
    const { server } = await setUpLogin(10_000);
    const passed = await untilRefresh(server());
    expect(passed).toBeGreaterThanOrEqual(6_000);
    expect(passed).toBeLessThanOrEqual(8_100);
  });

  it("is renewed as soon as the machine wakes, when it slept through the time", async () => {
    const { server } = await setUpLogin(HOUR);
    vi.setSystemTime(Date.now() + 50 * 60_000);
    document.dispatchEvent(new Event("visibilitychange"));
    await after(0);
    expect(refreshes(server())).toHaveLength(1);
    document.dispatchEvent(new Event("visibilitychange"));
    await after(0);
    expect(refreshes(server())).toHaveLength(1);
  });

  it.each([{}, null, 7, { in: "soon" }, { in: null }])(
    "is not renewed when the server says %j of it",
    async (payload) => {
      const { server } = await setUpLogin(HOUR);
      await expiresIn(server(), payload);
      await after(DAY);
      expect(refreshes(server())).toEqual([]);
    },
  );

  it("is not renewed without extensions", async () => {
    const { server } = await setUpLogin(10_000, { extensions: false });
    await after(DAY);
    expect(refreshes(server())).toEqual([]);
  });

  it("keeps its token out of the log", async () => {
    const lines: unknown[] = [];
    const logger = (...line: unknown[]) => void lines.push(line);
    const { server } = await setUpLogin(10_000, { authToken: "s3cret", logger });
    await untilRefresh(server());
    expect(JSON.stringify(refreshes(server()))).toContain("s3cret");
    expect(lines.length).toBeGreaterThan(1);
    expect(JSON.stringify(lines)).not.toContain("s3cret");
  });
});

describe("an attempt to renew it", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("no session");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no session"))],
    ["hangs", () => new Promise<never>(() => {})],
  ])("whose params function %s is repeated while the login lasts", async (_, failing) => {
    let isBroken = false;
    let calls = 0;
    const params = () => {
      calls++;
      return isBroken ? failing() : { n: calls };
    };
    const { socket, server } = await setUpLogin(HOUR, { params });
    isBroken = true;
    await after(0.8 * HOUR + 15_000);
    expect(calls).toBe(2);
    isBroken = false;
    await untilRefresh(server(), 1_000);
    expect(calls).toBe(3);
    expect(socket.isConnected()).toBe(true);
    await answer(server(), "ok", { in: HOUR });
    expect(await untilRefresh(server(), 1_000)).toBeGreaterThanOrEqual(0.6 * HOUR);
  });

  it.each([
    ["an error", "error", { reason: "refresh failed" }],
    ["a rate limit", "error", { reason: "rate limited", retry_after_ms: 5 }],
    ["garbage", "error", null],
    ["a status of its own", "maybe", {}],
  ])("that the server answers with %s is repeated after a pause", async (_, status, response) => {
    const { server } = await setUpLogin(HOUR);
    await untilRefresh(server(), 1_000);
    await answer(server(), status, response);
    const pause = await untilRefresh(server(), 1_000);
    expect(pause).toBeGreaterThanOrEqual(0.2 * 0.6 * HOUR - 1_000);
    expect(pause).toBeLessThanOrEqual(0.4 * 0.8 * HOUR + 1_000);
  });

  it("is not repeated when the login has ended: the server closes the connection", async () => {
    let calls = 0;
    const { server } = await setUpLogin(10_000, { params: () => ({ calls: ++calls }), timeout: 1_000 });
    await after(HOUR);
    expect(refreshes(server()).length).toBeLessThan(5);
    expect(calls).toBeLessThan(6);
  });

  it("that the server does not answer is repeated after the timeout, and a late answer is nobody's", async () => {
    const { server } = await setUpLogin(HOUR, { timeout: 5_000 });
    await untilRefresh(server(), 1_000);
    const [first] = refreshes(server());
    await after(5_000);
    server().reply("ok", {}, first);
    await untilRefresh(server(), 1_000);
    expect(refreshes(server())).toHaveLength(2);
  });

  it("that comes to an old token is made once in a second at most", async () => {
    const { server } = await setUpLogin(100);
    const start = Date.now();
    for (let count = 0; count < 5; count++) {
      await untilRefresh(server());
      await answer(server(), "ok", { in: 10 });
    }
    expect(Date.now() - start).toBeGreaterThanOrEqual(5_000);
  });

  it("is given up when the connection is lost: the next one has a login of its own", async () => {
    let give: (params: { calls: number }) => void = () => {};
    let calls = 0;
    const params = async () =>
      ++calls === 2 ? new Promise<{ calls: number }>((resolve) => (give = resolve)) : { calls };
    const { made, server } = await setUpLogin(10_000, { params });
    await after(8_000);
    expect(calls).toBe(2);
    server().drop();
    await after(10);
    server().open();
    give({ calls: 9 });
    await after(HOUR);
    expect(made).toHaveLength(2);
    expect(server().url).toContain("calls=3");
    expect(refreshes(server())).toEqual([]);
    await expiresIn(server(), { in: 10_000 });
    await untilRefresh(server());
    expect(refreshes(server())).toHaveLength(1);
  });

  it("is given up by disconnect()", async () => {
    let give: (params: { calls: number }) => void = () => {};
    let calls = 0;
    const params = async () =>
      ++calls === 2 ? new Promise<{ calls: number }>((resolve) => (give = resolve)) : { calls };
    const { socket, made, server } = await setUpLogin(10_000, { params });
    await after(8_000);
    socket.disconnect();
    give({ calls: 9 });
    await after(HOUR);
    expect([calls, made.length, refreshes(server()).length]).toEqual([2, 1, 0]);
  });

  it("waits for the time by which the file is loaded, and is not made for a connection that is gone by then", async () => {
    const { server, made } = await setUpLogin(10_000);
    server().receive(null, null, "phoenix", "wb_expires", { in: 5_000 });
    server().drop();
    await vi.dynamicImportSettled();
    await after(10);
    await after(HOUR);
    expect(made.flatMap(refreshes)).toEqual([]);
  });
});
