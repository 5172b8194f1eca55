/** Pushes with `retry` over fake transports: what is sent when, and how each ends. */
import type { Channel, SettledPush, SocketOptions } from "@wingbeat/client";
import type { OutboxStorage, StoredPush } from "@wingbeat/client/outbox";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { heard, reports, setUp, setUpOpen, settled } from "../test/fake-transport.ts";
import type { FakeTransport, Message, Setup } from "../test/fake-transport.ts";

// Loaded once: after that the outbox is there after a few turns.
await import("./outbox.ts");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tick = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const events = ({ sent }: FakeTransport): unknown[] => sent.map(([, , , event]) => event);
const said = ({ sent }: FakeTransport): unknown[] =>
  sent.flatMap(([, , , event, payload, extension]) =>
    event === "say" ? [[(payload as { i: number }).i, (extension as { n: number }).n]] : [],
  );

/** Answers the last message, which must be this one, with keys beside status and response. */
function answer(server: FakeTransport, event: string, response: unknown = {}, keys: object = {}, status = "ok"): void {
  const message = server.sent.findLast(([, , , name]) => name === event) as Message;
  const [joinRef, ref, topic] = message;
  server.receive(joinRef, ref, topic, "phx_reply", { status, response, ...keys } as never);
}

/** Answers the push of this number, when it was last sent. */
function answerPush(server: FakeTransport, n: number, response: unknown = {}, keys: object = {}, status = "ok"): void {
  const isIt = ([, , , , , extension]: Message): boolean => (extension as { n?: number } | undefined)?.n === n;
  const [joinRef, ref, topic] = server.sent.findLast(isIt) as Message;
  server.receive(joinRef, ref, topic, "phx_reply", { status, response, ...keys } as never);
}

function join(server: FakeTransport): void {
  answer(server, "phx_join", {}, { pushes: { window: 600_000 } });
}

async function setUpLine(options: SocketOptions = {}): Promise<Setup & { readonly channel: Channel }> {
  const setup = setUpOpen({ recovery: true, ...options });
  const channel = setup.socket.channel("room:1");
  channel.join();
  join(setup.server());
  return { ...setup, channel };
}

const push = (channel: Channel, i: number, options: object = {}) =>
  channel.push("say", { i }, { retry: true, ...options });

/** The connection is lost, and comes back. */
async function reconnect({ server }: Setup): Promise<void> {
  server().drop();
  await vi.advanceTimersByTimeAsync(20);
  server().open();
  join(server());
  await tick();
}

describe("a push with retry", () => {
  it("begins its line, and is numbered when it is sent for the first time", async () => {
    const { channel, server } = await setUpLine();
    const pushes = [push(channel, 0), push(channel, 1)];
    await tick();
    expect(events(server())).toEqual(["phx_join", "wb_pushes"]);
    expect(server().last[4]).toEqual({ session: expect.stringMatching(/^[\w-]{22}$/), next: 1 });
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    const { session } = (server().sent[1] as Message)[4] as { session: string };
    expect(
      server()
        .sent.slice(2)
        .map(([, , , , payload, extension]) => [payload, extension]),
    ).toEqual([
      [{ i: 0 }, { n: 1, e: "e1", s: session, a: 0 }],
      [{ i: 1 }, { n: 2, e: "e1", s: session, a: 0 }],
    ]);
    answerPush(server(), 1, { id: 7 });
    answerPush(server(), 2, { reason: "no" }, {}, "error");
    expect(await pushes[0]).toEqual({ id: 7 });
    await expect(pushes[1]).rejects.toMatchObject({ reason: "refused", response: { reason: "no" } });
    push(channel, 2);
    await tick();
    expect(server().last[5]).toEqual({ n: 3, e: "e1", s: session, a: 2 });
  });

  it("is what it was when it was pushed", async () => {
    const { channel, server } = await setUpLine();
    const payload = { i: 1 };
    void channel.push("say", payload, { retry: true });
    payload.i = 2;
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    expect(said(server())).toEqual([[1, 1]]);
    expect(channel.pendingPushes[0]?.payload).toEqual({ i: 1 });
    expect(() => channel.push("say", { i: () => {} }, { retry: true })).toThrow("cannot be encoded");
  });

  it("is one of at most 16 without a reply", async () => {
    const { channel, server } = await setUpLine();
    for (let i = 0; i < 20; i++) push(channel, i);
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    expect(said(server())).toHaveLength(16);
    answerPush(server(), 1);
    await tick();
    expect(said(server())).toHaveLength(17);
  });

  it("is sent again after a rejoin, with all that had no reply, in order, before what is new", async () => {
    const setup = await setUpLine();
    const { channel, server } = setup;
    for (let i = 0; i < 3; i++) push(channel, i);
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    answerPush(server(), 2);
    push(channel, 3);
    server().drop();
    push(channel, 4);
    await vi.advanceTimersByTimeAsync(20);
    server().open();
    join(server());
    await tick();
    expect(said(server())).toEqual([
      [0, 1],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
  });

  it("goes back to the first that was not taken, after the time that the server asks for", async () => {
    const { channel, server } = await setUpLine();
    for (let i = 0; i < 3; i++) push(channel, i);
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    answerPush(server(), 1, { reason: "rate limited", retry_after_ms: 250 }, { push: "later" }, "error");
    answerPush(server(), 2, { next: 1 }, { push: "order" }, "error");
    await vi.advanceTimersByTimeAsync(249);
    answerPush(server(), 3, { next: 1 }, { push: "order" }, "error");
    expect(said(server())).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(said(server()).slice(3)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it("keeps its number under another epoch, when it was not handled for certain", async () => {
    const { channel, server } = await setUpLine();
    push(channel, 0);
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    answerPush(server(), 1, {}, { push: "epoch" }, "error");
    await tick();
    expect(server().last[4]).toMatchObject({ next: 1 });
    answer(server(), "wb_pushes", { epoch: "e2", last: 0 });
    expect(server().last[5]).toMatchObject({ n: 1, e: "e2" });
  });

  it.each([
    [false, "unknown", []],
    [true, "ok", [[0, 1]]],
  ])("that may have been handled under an epoch that is gone; resend: %s", async (resend, outcome, again) => {
    const setup = await setUpLine();
    const { channel, server } = setup;
    const end = settled(push(channel, 0, { resend }));
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await reconnect(setup);
    answerPush(server(), 1, { reason: "unknown epoch" }, { push: "epoch" }, "error");
    await tick();
    if (resend) answer(server(), "wb_pushes", { epoch: "e2", last: 0 });
    expect(said(server()).slice(1)).toEqual(again);
    if (resend) answerPush(server(), 1);
    await tick();
    expect(end.now).toBe(outcome);
  });

  it.each(["expired", "unknown"])("ends as the server says: %s", async (state) => {
    const { channel, server } = await setUpLine();
    const ended: SettledPush[] = [];
    channel.onPushSettled((news) => ended.push(news));
    const pushed = push(channel, 0);
    const [end, calls] = [settled(pushed), heard(pushed)];
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    answerPush(server(), 1, { reason: "so it is" }, { push: state }, "error");
    await tick();
    expect([end.now, calls]).toEqual([state, ['error {"reason":"so it is"}']]);
    expect(ended).toEqual([
      { event: "say", payload: { i: 0 }, status: undefined, response: { reason: "so it is" }, reason: state },
    ]);
  });

  it("leaves no timer behind when it has its reply", async () => {
    const { channel, server } = await setUpLine({ heartbeatIntervalMs: Infinity });
    const before = vi.getTimerCount();
    const end = settled(push(channel, 0));
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    answerPush(server(), 1);
    await tick();
    expect([end.now, vi.getTimerCount()]).toEqual(["ok", before]);
  });

  it("that is never answered is given up after five times; the others are sent, and their line skips its number", async () => {
    const setup = await setUpLine();
    const { channel, server } = setup;
    const ends = [settled(push(channel, 0)), settled(push(channel, 1))];
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    for (let time = 2; time <= 5; time++) await reconnect(setup);
    expect(ends.map(({ now }) => now)).toEqual(["pending", "pending"]);
    // It was sent alone at last.
    expect(said(server())).toEqual([[0, 1]]);
    await reconnect(setup);
    expect(ends.map(({ now }) => now)).toEqual(["unknown", "pending"]);
    expect(server().last[4]).toMatchObject({ next: 2 });
    answer(server(), "wb_pushes", { epoch: "e1", last: 1 });
    expect(said(server())).toEqual([[1, 2]]);
  });

  it("waits for its channel while it is left, refused or not connected, for ten minutes", async () => {
    const setup = await setUpLine();
    const { channel, server, socket } = setup;
    const end = settled(push(channel, 0));
    channel.leave();
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(599_000);
    socket.connect();
    server().open();
    channel.join();
    answer(server(), "phx_join", { reason: "not you" }, {}, "error");
    await tick();
    expect([end.now, channel.pendingPushes.length, said(server())]).toEqual(["pending", 1, []]);
    await vi.advanceTimersByTimeAsync(2000);
    expect([end.now, channel.pendingPushes]).toEqual(["too_old", []]);
  });

  it("fails on a server that does not know of it, and with bytes", async () => {
    const { socket, server } = setUpOpen({ recovery: true });
    const channel = socket.channel("room:1");
    channel.join();
    const end = settled(push(channel, 0));
    await tick();
    expect(end.now).toBe("pending");
    server().reply();
    await tick();
    expect(end.now).toBe("not_supported");
    const bytes = settled(channel.push("say", new Uint8Array([1]), { retry: true }));
    await tick();
    expect(bytes.now).toBe("not_supported");
  });
});

describe("who waits for it", () => {
  it("may stop waiting: the push goes on, and its end is told by onPushSettled", async () => {
    const { channel, server } = await setUpLine();
    const ended: unknown[] = [];
    channel.onPushSettled(({ status }) => ended.push(status));
    const pushed = push(channel, 0, { timeout: 500 });
    const [end, calls] = [settled(pushed), heard(pushed)];
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await vi.advanceTimersByTimeAsync(500);
    answerPush(server(), 1);
    await tick();
    expect([end.now, calls, ended]).toEqual(["timeout", ["timeout {}"], ["ok"]]);
  });

  it("may withdraw what was not sent, by its signal or by cancel; what was sent goes on", async () => {
    const { channel, server } = await setUpLine();
    const [early, late] = [new AbortController(), new AbortController()];
    const ends = [
      settled(push(channel, 0, { signal: late.signal })),
      settled(push(channel, 1, { signal: early.signal })),
      settled(push(channel, 2)),
      settled(push(channel, 3, { signal: AbortSignal.abort() })),
    ];
    await tick();
    early.abort();
    expect(channel.pendingPushes[1]?.cancel()).toBe(true);
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    late.abort();
    const [sent] = channel.pendingPushes;
    expect([sent?.state, sent?.cancel()]).toEqual(["sent", false]);
    await tick();
    expect(ends.map(({ now }) => now)).toEqual(["aborted", "aborted", "aborted", "aborted"]);
    expect(said(server())).toEqual([[0, 1]]);
    answerPush(server(), 1);
    expect(channel.pendingPushes).toEqual([]);
  });

  it("sees what is pending: the same array until something changes, and one call for all changes of a turn", async () => {
    const { channel, server } = await setUpLine();
    const seen: string[][] = [];
    channel.onPendingPushes(() => seen.push(channel.pendingPushes.map(({ state }) => state)));
    expect(channel.pendingPushes).toBe(channel.pendingPushes);
    push(channel, 0);
    push(channel, 1);
    await tick();
    expect(channel.pendingPushes).toBe(channel.pendingPushes);
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await tick();
    answerPush(server(), 1);
    answerPush(server(), 2);
    await tick();
    expect(seen).toEqual([["waiting", "waiting"], ["sent", "sent"], []]);
  });
});

describe("limits", () => {
  it("of age: all that are too old fail, each once", async () => {
    const { channel } = await setUpLine({ outbox: { maxAge: 5_000 } });
    const told: unknown[] = [];
    channel.onPushSettled(({ payload, reason }) => told.push([payload, reason]));
    channel.leave();
    const ends = [0, 1, 2].map((i) => settled(push(channel, i)));
    await tick();
    channel.join();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(ends.map(({ now }) => now)).toEqual(["too_old", "too_old", "too_old"]);
    expect(told).toEqual([0, 1, 2].map((i) => [{ i }, "too_old"]));
    expect(channel.pendingPushes).toEqual([]);
  });

  it("of number and size: what is beyond them fails at once", async () => {
    const { channel } = await setUpLine({ outbox: { maxPushes: 2, maxBytes: 40 } });
    const ends = [0, 1, 2].map((i) => settled(push(channel, i)));
    await tick();
    expect(ends.map(({ now }) => now)).toEqual(["pending", "pending", "buffer_full"]);
    channel.pendingPushes[0]?.cancel();
    await tick();
    const [large, small] = [
      settled(channel.push("say", { text: "x".repeat(50) }, { retry: true })),
      settled(push(channel, 3)),
    ];
    await tick();
    expect([large.now, small.now]).toEqual(["buffer_full", "pending"]);
  });

  it("must be numbers", () => {
    expect(() => setUp({ outbox: { maxPushes: 0 } })).toThrow("outbox.maxPushes must be");
    expect(() => setUp({ outbox: { maxAge: Number.NaN } })).toThrow("outbox.maxAge must be");
  });

  it("hold for a server that never takes a push: the pauses grow to ten seconds", async () => {
    const { channel, server } = await setUpLine();
    push(channel, 0);
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    for (let time = 0; time < 20; time++) {
      answerPush(server(), 1, {}, { push: time % 2 === 0 ? "epoch" : "order" }, "error");
      await vi.advanceTimersByTimeAsync(10_000);
      if (time % 2 === 0) answer(server(), "wb_pushes", { epoch: `e${time + 2}`, last: 0 });
    }
    const count = said(server()).length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([count, said(server()).length]).toEqual([21, 21]);
  });

  it("of what a server may say: nonsense ends nothing", async () => {
    const { channel, server } = await setUpLine();
    const end = settled(push(channel, 0));
    await tick();
    for (const response of [null, 7, { epoch: 1, last: 0 }, { epoch: "e", last: -1 }, { epoch: "e", last: 1e300 }]) {
      answer(server(), "wb_pushes", response);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    answerPush(server(), 1, null, { push: "later" }, "error");
    await vi.advanceTimersByTimeAsync(10_000);
    answerPush(server(), 1, { retry_after_ms: "soon", next: {} }, { push: "order" }, "error");
    await vi.advanceTimersByTimeAsync(10_000);
    answerPush(server(), 1, null, { push: { odd: true } }, "error");
    await tick();
    expect(end.now).toBe("unknown");
  });
});

describe("a storage", () => {
  /** What an application may bring; `left` is of an earlier page. */
  function storage(overrides: Partial<OutboxStorage> = {}, left: readonly StoredPush[] = []) {
    const calls: unknown[] = [];
    const note = (name: string) => async (what?: readonly (StoredPush | string)[]) => {
      calls.push([name, ...(what ?? []).map((push) => (typeof push === "string" ? "id" : (push.n ?? "waiting")))]);
    };
    const open: OutboxStorage["open"] = async (_session, adopt) => {
      if (left.length > 0) adopt(left);
    };
    return { calls, storage: { open, put: note("put"), remove: note("remove"), clear: note("clear"), ...overrides } };
  }

  const stored = (i: number, n?: number): StoredPush => ({
    v: 1,
    id: `id ${i}`,
    session: "s".repeat(22),
    topic: "room:1",
    event: "say",
    payload: JSON.stringify({ i }),
    at: Date.now() - 1000 + i,
    resend: false,
    n,
    epoch: n === undefined ? undefined : "old",
  });

  it("has each push before it is sent, with its number, and loses it after the reply", async () => {
    const { calls, storage: kept } = storage();
    const { channel, server } = await setUpLine({ outbox: { storage: kept } });
    push(channel, 0);
    await tick();
    expect(calls).toEqual([["put", "waiting"]]);
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    expect([calls.at(-1), said(server())]).toEqual([["put", 1], []]);
    await tick();
    expect(said(server())).toEqual([[0, 1]]);
    push(channel, 1);
    await tick();
    // At once with its number.
    expect(calls.slice(2)).toEqual([["put", 2]]);
    answerPush(server(), 1);
    await tick();
    expect(calls.slice(3)).toEqual([["remove", "id"]]);
  });

  it("gives what earlier pages have left: under their session what they had sent, and then the rest under this one", async () => {
    const { storage: kept } = storage({}, [stored(2), stored(1, 8), stored(0, 7)]);
    const { channel, server } = await setUpLine({ outbox: { storage: kept } });
    const ended: unknown[] = [];
    channel.onPushSettled(({ payload, reason }) => ended.push([payload, reason]));
    await tick();
    expect(channel.pendingPushes.map(({ payload, state }) => [payload, state])).toEqual([
      [{ i: 0 }, "sent"],
      [{ i: 1 }, "sent"],
      [{ i: 2 }, "waiting"],
    ]);
    expect(
      server()
        .sent.slice(1)
        .map(([, , , , payload, extension]) => [payload, extension]),
    ).toEqual([
      [{ i: 0 }, { n: 7, e: "old", s: "s".repeat(22), a: 6 }],
      [{ i: 1 }, { n: 8, e: "old", s: "s".repeat(22), a: 6 }],
    ]);
    push(channel, 3);
    answerPush(server(), 7);
    answerPush(server(), 8, { reason: "unknown epoch" }, { push: "epoch" }, "error");
    await tick();
    expect(ended).toEqual([
      [{ i: 0 }, undefined],
      [{ i: 1 }, "unknown"],
    ]);
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await tick();
    expect(said(server()).slice(2)).toEqual([
      [2, 1],
      [3, 2],
    ]);
  });

  it("that is full fails the push, before it is sent and when it is", async () => {
    const full = new Error("disk full");
    let isFull = true;
    const { storage: kept } = storage({ put: async () => (isFull ? Promise.reject(full) : undefined) });
    const { channel, server } = await setUpLine({ outbox: { storage: kept } });
    const waiting = push(channel, 0);
    await expect(waiting).rejects.toMatchObject({ reason: "buffer_full", cause: full });
    isFull = false;
    const [sent, next] = [push(channel, 1), settled(push(channel, 2))];
    await tick();
    isFull = true;
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await expect(sent).rejects.toMatchObject({ reason: "buffer_full", cause: full });
    expect([next.now, said(server())]).toEqual(["buffer_full", []]);
    isFull = false;
    push(channel, 3);
    await tick();
    // The numbers that were not stored are skipped.
    answer(server(), "wb_pushes", { epoch: "e1", last: 2 });
    await tick();
    expect(said(server())).toEqual([[3, 3]]);
  });

  it("that cannot be opened is reported, and the pushes are kept in memory", async () => {
    const errors = reports();
    const failure = new Error("no storage here");
    const { calls, storage: kept } = storage({ open: () => Promise.reject(failure) });
    const { channel, server } = await setUpLine({ outbox: { storage: kept } });
    push(channel, 0);
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await tick();
    expect([said(server()), errors, calls]).toEqual([[[0, 1]], [failure], []]);
  });

  it("may take its time: what is pushed meanwhile is seen, waits, and may be withdrawn", async () => {
    let open = (): void => {};
    const { calls, storage: kept } = storage({ open: () => new Promise((resolve) => (open = resolve)) });
    const { channel, server } = await setUpLine({ outbox: { storage: kept } });
    await tick();
    const seen: number[] = [];
    channel.onPendingPushes(() => seen.push(channel.pendingPushes.length));
    const ends = [settled(push(channel, 0)), settled(push(channel, 1))];
    await tick();
    expect([seen, events(server())]).toEqual([[2], ["phx_join"]]);
    expect(channel.pendingPushes[0]?.cancel()).toBe(true);
    open();
    await tick();
    expect(calls).toEqual([["remove", "id"], ["put"], ["put", "waiting"]]);
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await tick();
    expect([said(server()), ends.map(({ now }) => now)]).toEqual([[[1, 1]], ["aborted", "pending"]]);
  });

  it.each([
    [
      "throws",
      {
        open: () => {
          throw new Error("broken");
        },
      },
    ],
    ["is none", { open: undefined as never }],
  ])("that %s is reported like one that cannot be opened", async (_name, overrides) => {
    const errors = reports();
    const { channel, server } = await setUpLine({ outbox: { storage: storage(overrides).storage } });
    push(channel, 0);
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await tick();
    expect([said(server()), errors.length]).toEqual([[[0, 1]], 1]);
  });

  it("is emptied by clearOutbox, and all that waits fails", async () => {
    const { calls, storage: kept } = storage();
    const { channel, server, socket } = await setUpLine({ outbox: { storage: kept } });
    const ends = [settled(push(channel, 0)), settled(push(channel, 1))];
    await tick();
    answer(server(), "wb_pushes", { epoch: "e1", last: 0 });
    await tick();
    await socket.clearOutbox();
    expect([ends.map(({ now }) => now), channel.pendingPushes, calls.at(-1)]).toEqual([
      ["aborted", "aborted"],
      [],
      ["clear"],
    ]);
    // Replies to what was sent come yet.
    answerPush(server(), 1);
    await tick();
    expect(ends.map(({ now }) => now)).toEqual(["aborted", "aborted"]);
  });
});
