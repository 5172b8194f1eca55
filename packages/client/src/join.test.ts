/** Joining and rejoining: when, how often, with which params. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { heard, settled, setUp, setUpJoined, setUpOpen, spy } from "../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const JOIN = (ref: string, params: unknown = {}) => [ref, ref, "room:1", "phx_join", params];
const events = (sent: readonly (readonly unknown[])[]) =>
  sent.map(([, ref, , event]) => `${String(event)} ${String(ref)}`);

describe("join", () => {
  it("makes the channel joining, and sends the params", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1", { one: "two" });
    const push = channel.join();
    expect(push).toBe(channel.joinPush);
    expect([channel.state, channel.joinedOnce, channel.joinRef()]).toEqual(["joining", true, "1"]);
    expect(server().sent).toEqual([JOIN("1", { one: "two" })]);
  });

  it("can be called once, until the channel is closed", () => {
    const { socket } = setUp();
    const channel = socket.channel("room:1");
    channel.join();
    expect(() => channel.join()).toThrow('"room:1" was already joined: call leave() first');
  });

  it("takes a timeout, as a number or an option, for this join and the pushes after it", () => {
    for (const options of [50, { timeout: 50 }]) {
      const { socket } = setUpOpen();
      const channel = socket.channel("room:1");
      const calls = heard(channel.join(options));
      expect([channel.timeout, channel.joinPush.timeout]).toEqual([50, 50]);
      vi.advanceTimersByTime(49);
      expect(calls).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(calls).toEqual(["timeout {}"]);
    }
  });

  it("takes params from a function, and again at every rejoin", () => {
    const { socket, server } = setUpOpen();
    let n = 0;
    const channel = socket.channel("room:1", () => ({ n: ++n }));
    channel.join();
    server().reply();
    server().receive("1", "1", "room:1", "phx_error", {});
    vi.advanceTimersByTime(1000);
    expect(server().sent).toEqual([JOIN("1", { n: 1 }), JOIN("2", { n: 2 })]);
  });

  it("takes params that were changed since", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1", { since: 1 });
    channel.params = { since: 2 };
    channel.join();
    channel.params = () => ({ since: 3 });
    server().reply("error", {});
    vi.advanceTimersByTime(1000);
    expect(server().sent.map(([, , , , params]) => params)).toEqual([{ since: 2 }, { since: 3 }]);
  });

  it("waits for the connection, and sends one join then", () => {
    const { socket, server } = setUp();
    const channel = socket.channel("room:1");
    channel.join();
    expect([channel.state, socket.sendBuffer]).toEqual(["joining", []]);
    socket.connect();
    server().open();
    expect(server().sent).toEqual([JOIN("1")]);
  });

  it("leaves another channel on the topic: joined, joining, or waiting to rejoin", () => {
    for (const before of ["joined", "joining", "errored"]) {
      const { socket, server } = setUpOpen();
      const first = socket.channel("room:1");
      first.join();
      if (before !== "joining") server().reply();
      if (before === "errored") server().receive("1", "1", "room:1", "phx_error", {});
      expect(first.state).toBe(before);
      const second = socket.channel("room:1", { second: true });
      second.join();
      expect([first.state, socket.channels]).toEqual(["closed", [second]]);
      expect(events(server().sent)).toEqual(["phx_join 1", "phx_leave 2", "phx_join 3"]);
      server().reply("ok", {}, ["1", "2", "room:1", "phx_leave", {}]);
      server().receive("1", "1", "room:1", "phx_close", {});
      server().reply();
      vi.advanceTimersByTime(60_000);
      expect(second.state).toBe("joined");
    }
  });
});

describe("a join that is answered with ok", () => {
  it("makes the channel joined, and calls back with the response", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const calls = heard(channel.join());
    server().reply("ok", { a: 1 });
    expect([channel.state, calls]).toEqual(["joined", ['ok {"a":1}']]);
  });

  it("calls back for ok at once when the answer is there already, and for nothing else", () => {
    const { channel } = setUpJoined();
    expect(heard(channel.joinPush)).toEqual(["ok {}"]);
  });

  it("does not time out any more, and does not rejoin", () => {
    const { server, channel } = setUpJoined();
    const calls = heard(channel.joinPush);
    vi.advanceTimersByTime(20_000);
    expect([calls, server().sent.length, channel.state]).toEqual([["ok {}"], 1, "joined"]);
  });

  it("is answered once: the reply is forgotten", () => {
    const { server, channel } = setUpJoined();
    const calls = heard(channel.joinPush);
    const joinReply = spy();
    channel.on("chan_reply_1", joinReply);
    server().reply("error", { late: true });
    expect([calls, channel.state]).toEqual([["ok {}"], "joined"]);
    // Still a message for those who listen to replies themselves.
    expect(joinReply).toHaveBeenCalledOnce();
  });

  it("begins the pauses between rejoins anew", () => {
    const tries: number[] = [];
    const { socket, server } = setUpOpen({ rejoinAfterMs: (count) => (tries.push(count), 1000) });
    const channel = socket.channel("room:1");
    channel.join();
    for (const status of ["error", "error", "ok"]) {
      server().reply(status);
      vi.advanceTimersByTime(1000);
    }
    expect([tries, channel.state]).toEqual([[1, 2], "joined"]);
    server().receive("3", "3", "room:1", "phx_error", {});
    expect(tries).toEqual([1, 2, 1]);
  });

  it("sends the pushes that waited, in order, and empties the buffer", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    for (const n of [1, 2, 3]) channel.push("say", { n });
    expect([server().sent.length, channel.pushBuffer.size]).toEqual([1, 3]);
    server().reply();
    expect(server().sent.slice(1)).toEqual([
      ["1", "2", "room:1", "say", { n: 1 }],
      ["1", "3", "room:1", "say", { n: 2 }],
      ["1", "4", "room:1", "say", { n: 3 }],
    ]);
    expect(channel.pushBuffer.size).toBe(0);
  });
});

describe("a join that is not answered in time", () => {
  it("makes the channel errored, calls back for timeout alone, and tells the server that nobody waits", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const calls = heard(channel.join());
    vi.advanceTimersByTime(9999);
    expect(channel.state).toBe("joining");
    vi.advanceTimersByTime(1);
    expect([channel.state, calls]).toEqual(["errored", ["timeout {}"]]);
    expect(server().last).toEqual(["1", "2", "room:1", "phx_leave", {}]);
  });

  it("is not late when the answer comes before", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const calls = heard(channel.join());
    vi.advanceTimersByTime(9999);
    server().reply();
    vi.advanceTimersByTime(20_000);
    expect([channel.state, calls]).toEqual(["joined", ["ok {}"]]);
  });

  it("is tried again after growing pauses", () => {
    const { socket, server } = setUpOpen({ rejoinAfterMs: (tries) => tries * 1000 });
    const channel = socket.channel("room:1");
    const calls = heard(channel.join());
    vi.advanceTimersByTime(10_000 + 1000 + 10_000 + 2000);
    expect(events(server().sent)).toEqual(["phx_join 1", "phx_leave 2", "phx_join 3", "phx_leave 4", "phx_join 5"]);
    server().reply("ok", {}, ["1", "1", "room:1", "phx_join", {}]);
    expect(channel.state).toBe("joining");
    server().reply("ok", {}, ["5", "5", "room:1", "phx_join", {}]);
    expect([channel.state, calls]).toEqual(["joined", ["timeout {}", "timeout {}", "ok {}"]]);
  });

  it("was waiting for the connection: whoever awaits it hears of it, and the join goes out with the connection", () => {
    const { socket, server } = setUp();
    const channel = socket.channel("room:1");
    const calls = heard(channel.join());
    vi.advanceTimersByTime(10_000);
    expect([channel.state, calls]).toEqual(["errored", ["timeout {}"]]);
    socket.connect();
    vi.advanceTimersByTime(20_000);
    server().open();
    expect(events(server().sent)).toEqual(["phx_join 1"]);
    server().reply();
    expect([channel.state, calls]).toEqual(["joined", ["timeout {}", "ok {}"]]);
  });

  it("has the whole time from the connection on", () => {
    const { socket, server } = setUp();
    const channel = socket.channel("room:1");
    socket.connect();
    const calls = heard(channel.join());
    vi.advanceTimersByTime(8000);
    server().open();
    vi.advanceTimersByTime(9999);
    server().reply();
    expect([channel.state, calls]).toEqual(["joined", ["ok {}"]]);
  });
});

describe("a join that is refused", () => {
  it("makes the channel errored, and calls back for error alone", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const calls = heard(channel.join());
    channel.push("early", {});
    server().reply("error", { reason: "unauthorized" });
    expect([channel.state, calls]).toEqual(["errored", ['error {"reason":"unauthorized"}']]);
    expect([server().sent.length, channel.pushBuffer.size]).toEqual([1, 1]);
    vi.advanceTimersByTime(999);
    expect(calls).toHaveLength(1);
  });

  it("calls back for error at once when the answer is there already, and for nothing else", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    server().reply("error", { reason: "x" });
    expect(heard(channel.joinPush)).toEqual(['error {"reason":"x"}']);
  });

  it("is tried five times, and again with the next connection", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    const refuse = () => {
      server().reply("error", { reason: "unauthorized" });
      vi.advanceTimersByTime(5000);
    };
    for (let n = 0; n < 5; n++) refuse();
    const joins = () => server().sent.filter(([, , , event]) => event === "phx_join").length;
    expect(joins()).toBe(5);
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    expect([joins(), channel.state]).toEqual([1, "joining"]);
    refuse();
    expect(joins()).toBe(1);
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    server().reply();
    server().receive("7", "7", "room:1", "phx_error", {});
    vi.advanceTimersByTime(1000);
    refuse();
    expect(joins()).toBe(3);
  });

  it("is tried again as rejoinRefused says, which gets the response and counts from 1", () => {
    const asked: unknown[] = [];
    const { socket, server } = setUpOpen({
      rejoinRefused: (response, tries) => {
        asked.push([response, tries]);
        return (response as { reason: string }).reason !== "unauthorized";
      },
    });
    socket.channel("room:1").join();
    for (const reason of ["busy", "busy", "unauthorized"]) {
      server().reply("error", { reason });
      vi.advanceTimersByTime(5000);
    }
    expect(asked).toEqual([
      [{ reason: "busy" }, 1],
      [{ reason: "busy" }, 2],
      [{ reason: "unauthorized" }, 3],
    ]);
    expect(server().sent.filter(([, , , event]) => event === "phx_join")).toHaveLength(3);
  });
});

describe("a rejoin", () => {
  it("goes out at once with a new connection, with a new ref", async () => {
    const { server, channel } = setUpJoined();
    const calls = heard(channel.joinPush);
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    expect([channel.state, server().sent]).toEqual(["joining", [JOIN("2")]]);
    server().reply("ok", { again: true });
    expect(calls).toEqual(["ok {}", 'ok {"again":true}']);
  });

  it("does not wait for its pause when the connection comes back", async () => {
    const { server } = setUpJoined({ rejoinAfterMs: () => 60_000 });
    server().receive("1", "1", "room:1", "phx_error", {});
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    expect(server().sent).toEqual([JOIN("2")]);
    server().reply();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(server().sent.filter(([, , topic]) => topic === "room:1")).toHaveLength(1);
  });
});

describe("join params that are a promise", () => {
  const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));
  const failing = (): Promise<never> => Promise.reject(new Error("no session"));

  it("are awaited before each join", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1", () => after(30, { late: true }));
    channel.join();
    await vi.advanceTimersByTimeAsync(29);
    expect([server().sent, channel.state]).toEqual([[], "joining"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(server().sent).toEqual([JOIN("1", { late: true })]);
  });

  it.each([
    ["reject", failing],
    [
      "throw",
      () => {
        throw new Error("no session");
      },
    ],
  ])("that %s are as good as a refusal: told, and tried again", async (_what, params) => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1", params);
    const error = channel.join().catch((reason: unknown) => reason);
    const calls = heard(channel.joinPush);
    await vi.advanceTimersByTimeAsync(0);
    expect([channel.state, calls]).toEqual(["errored", ['error {"reason":"params failed"}']]);
    expect(await error).toMatchObject({
      reason: "refused",
      message: '"phx_join" on "room:1" failed: params failed',
      cause: new Error("no session"),
    });
    channel.params = { now: "good" };
    await vi.advanceTimersByTimeAsync(1000);
    expect(server().sent).toEqual([JOIN("2", { now: "good" })]);
  });

  it("count for the timeout of the join; what comes later is not sent", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1", () => after(1500, {}));
    const calls = heard(channel.join(1000));
    await vi.advanceTimersByTimeAsync(1900);
    expect([calls, server().sent]).toEqual([["timeout {}"], []]);
  });

  it("are asked for again when the connection is lost meanwhile", async () => {
    const { socket, server } = setUpOpen();
    let n = 0;
    socket.channel("room:1", () => after(100, { n: ++n })).join();
    await vi.advanceTimersByTimeAsync(50);
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    await vi.advanceTimersByTimeAsync(1000);
    expect(server().sent).toEqual([JOIN("2", { n: 2 })]);
  });

  it("are awaited on a new connection, which knows nothing of the channel yet: leaving tells it nothing", async () => {
    const { server, channel } = setUpJoined();
    channel.params = () => after(100, {});
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    channel.leave();
    await vi.advanceTimersByTimeAsync(1000);
    expect(server().sent).toEqual([]);
  });

  it.each([
    ["resolved", () => after(100, {})],
    ["rejected", () => after(100, {}).then(failing)],
  ])("that are %s after the channel was left do nothing", async (_what, params) => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1", params);
    const join = settled(channel.join());
    channel.leave();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([server().sent.filter(([, , topic]) => topic === "room:1"), channel.state, join.now]).toEqual([
      [],
      "closed",
      "closed",
    ]);
  });
});

describe("a channel that was left", () => {
  it("joins again in the same turn, with a new join_ref, and hears nothing of its earlier join", async () => {
    const { socket, server, channel } = setUpJoined();
    const joined = spy();
    channel.joinPush.receive("ok", joined);
    joined.mockClear();
    channel.leave();
    const push = channel.join();
    const [left, join] = server().sent.slice(-2);
    expect([left?.[3], join?.[3], socket.channels.length]).toEqual(["phx_leave", "phx_join", 1]);
    expect(join?.[0]).not.toBe(left?.[0]);
    server().receive("1", left?.[1] ?? null, "room:1", "phx_reply", { status: "ok", response: {} });
    server().receive("1", "1", "room:1", "phx_close", {});
    expect(channel.state).toBe("joining");
    server().reply("ok", { again: true });
    expect([channel.state, joined.mock.calls]).toEqual(["joined", [[{ again: true }]]]);
    expect(await push).toEqual({ again: true });
    expect(() => channel.join()).toThrow("was already joined");
  });

  it("joins again after the server has ended it, and when there is no connection", async () => {
    const { server, socket, channel } = setUpJoined();
    server().receive(channel.joinRef(), null, "room:1", "phx_close", {});
    expect([channel.state, socket.channels]).toEqual(["closed", []]);
    server().drop();
    channel.join();
    await vi.advanceTimersByTimeAsync(20);
    server().open();
    server().reply();
    expect([channel.state, server().sent.length]).toEqual(["joined", 1]);
  });
});
