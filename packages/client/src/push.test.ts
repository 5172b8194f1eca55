/** Pushes: how they are sent, answered and awaited, and each way in which they fail. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PushError } from "@wingbeat/client";
import { heard, reports, setUp, setUpJoined, setUpOpen, settled } from "../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tick = () => vi.advanceTimersByTimeAsync(0);
const says = (sent: readonly (readonly unknown[])[]) => sent.filter(([, , , event]) => event === "say");

describe("a push", () => {
  it("is sent at once on a channel that has joined, with a ref of its own and the channel's join_ref", () => {
    const { server, channel } = setUpJoined();
    channel.push("say", { n: 1 });
    channel.push("say");
    expect(says(server().sent)).toEqual([
      ["1", "2", "room:1", "say", { n: 1 }],
      ["1", "3", "room:1", "say", {}],
    ]);
  });

  it("waits for the join, and is sent then", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    channel.push("say", { n: 1 });
    expect(says(server().sent)).toEqual([]);
    server().reply();
    expect(says(server().sent)).toEqual([["1", "2", "room:1", "say", { n: 1 }]]);
  });

  it("is not sent when it has timed out before the join was answered", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const join = channel.join(50_000);
    const calls = heard(channel.push("say", {}, 5000));
    vi.advanceTimersByTime(5000);
    expect([calls, channel.pushBuffer.size]).toEqual([["timeout {}"], 0]);
    server().reply();
    expect([join.event, says(server().sent)]).toEqual(["phx_join", []]);
  });

  it("has the whole time for its answer from when it is sent", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join(50_000);
    const calls = heard(channel.push("say", {}, 5000));
    vi.advanceTimersByTime(4000);
    server().reply();
    vi.advanceTimersByTime(4000);
    server().reply();
    expect(calls).toEqual(["ok {}"]);
  });

  it("times out after the channel's timeout", () => {
    const { channel } = setUpJoined({ timeout: 3000 });
    const calls = heard(channel.push("say"));
    vi.advanceTimersByTime(2999);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(["timeout {}"]);
  });

  it("takes a timeout of its own, as a number or an option", () => {
    for (const options of [1500, { timeout: 1500 }]) {
      const { channel } = setUpJoined();
      const calls = heard(channel.push("say", {}, options));
      vi.advanceTimersByTime(1499);
      expect(calls).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(calls).toEqual(["timeout {}"]);
    }
  });

  it("that was answered does not time out, and hears of no other answer", () => {
    const { server, channel } = setUpJoined();
    const calls = heard(channel.push("say"), ["ok", "error", "timeout"]);
    server().reply("ok", { n: 1 });
    server().reply("error", { n: 2 });
    vi.advanceTimersByTime(20_000);
    expect(calls).toEqual(['ok {"n":1}']);
  });

  it("may be answered with a status of the server's own", async () => {
    const { server, channel } = setUpJoined();
    const push = channel.push("say");
    const calls = heard(push, ["ok", "maybe"]);
    server().reply("maybe", { n: 1 });
    expect(calls).toEqual(['maybe {"n":1}']);
    await expect(push).rejects.toMatchObject({ reason: "refused", status: "maybe", response: { n: 1 } });
  });

  it("needs a join before", () => {
    const { socket } = setUpOpen();
    expect(() => socket.channel("room:1").push("say", {})).toThrow('"say" was pushed to "room:1" before join()');
  });

  it("calls all its hooks, also when one throws", () => {
    const { server, channel } = setUpJoined();
    const errors = reports();
    const calls: string[] = [];
    channel
      .push("say")
      .receive("ok", () => {
        throw new Error("in a hook");
      })
      .receive("ok", () => calls.push("second"));
    server().reply();
    expect(calls).toEqual(["second"]);
    expect(errors).toEqual([new Error("in a hook")]);
  });

  it("that waited for the join leaves nothing behind when it is answered", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    const calls = heard(channel.push("say"));
    server().reply();
    const [, ref] = server().last;
    server().reply("ok", { n: 1 });
    server().reply("ok", { n: 2 }, ["1", ref, "room:1", "say", {}]);
    expect(calls).toEqual(['ok {"n":1}']);
  });

  it.each([
    ["Uint8Array", Uint8Array.of(1, 2)],
    ["ArrayBuffer", Uint8Array.of(1, 2).buffer],
  ])("with bytes goes as a binary frame: %s", (_what, payload) => {
    const { server, channel } = setUpJoined();
    channel.push("say", payload);
    expect(Buffer.from(server().frames[1] as Uint8Array).toString("latin1")).toBe(
      "\0\x01\x01\x06\x0312room:1say\x01\x02",
    );
  });
});

describe("awaiting a push", () => {
  it("gives the response of ok", async () => {
    const { server, channel } = setUpJoined();
    const push = channel.push("say");
    server().reply("ok", { n: 1 });
    expect(await push).toEqual({ n: 1 });
    expect(await push.finally(() => {})).toEqual({ n: 1 });
    expect(await push.then(undefined)).toEqual({ n: 1 });
    const response = await channel.joinPush;
    expect(response).toEqual({});
  });

  it("throws a PushError when it is refused, with all that the server said", async () => {
    const { server, channel } = setUpJoined();
    const push = channel.push("say");
    server().reply("error", { reason: "bad word", word: "x" });
    const error = await push.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PushError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "PushError",
      message: '"say" on "room:1" failed: bad word',
      reason: "refused",
      topic: "room:1",
      event: "say",
      status: "error",
      response: { reason: "bad word", word: "x" },
    });
  });

  it.each([
    [{ reason: "x".repeat(1000) }, "x".repeat(200)],
    [{ reason: 7 }, "refused"],
    [null, "refused"],
    ["no", "refused"],
    [undefined, "refused"],
  ])("says that it was refused, whatever the response is: %j", async (response, text) => {
    const { server, channel } = setUpJoined();
    const push = channel.push("say");
    const [joinRef, ref, topic] = server().last;
    server().receive(joinRef, ref, topic, "phx_reply", { status: "error", response });
    await expect(push).rejects.toThrow(new RegExp(`^"say" on "room:1" failed: ${text}$`));
  });

  it("throws timeout when there is no answer in time", async () => {
    const { channel } = setUpJoined();
    const error = channel.push("say", {}, 50).catch((reason: unknown) => reason);
    await vi.advanceTimersByTimeAsync(50);
    expect(await error).toMatchObject({ reason: "timeout", message: '"say" on "room:1" failed: timeout' });
  });

  it("throws closed at once when the connection is lost; hooks wait for their timeout", async () => {
    const { server, channel } = setUpJoined();
    const push = channel.push("say");
    const [outcome, calls] = [settled(push), heard(push)];
    server().drop();
    await tick();
    expect([outcome.now, calls]).toEqual(["closed", []]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toEqual(["timeout {}"]);
    await expect(push).rejects.toThrow('"say" on "room:1" failed: closed');
  });

  it("throws closed when the channel is left or closed by the server", async () => {
    const left = setUpJoined();
    const first = settled(left.channel.push("say"));
    left.channel.leave();
    const closed = setUpJoined();
    const second = settled(closed.channel.push("say"));
    closed.server().receive("1", "1", "room:1", "phx_close", {});
    await tick();
    expect([first.now, second.now]).toEqual(["closed", "closed"]);
  });

  it("throws crashed when the channel crashes; a push that waits is sent after the rejoin", async () => {
    const { server, channel } = setUpJoined();
    const sent = channel.push("crash");
    const outcome = settled(sent);
    server().receive("1", "1", "room:1", "phx_error", { reason: "channel_crash" });
    const later = settled(channel.push("say"));
    await tick();
    expect([outcome.now, later.now]).toEqual(["crashed", "pending"]);
    await expect(sent).rejects.toThrow('"crash" on "room:1" failed: crashed');
    await vi.advanceTimersByTimeAsync(1000);
    server().reply();
    server().reply();
    await tick();
    expect(later.now).toBe("ok");
  });

  it("throws what the encoder throws, for those who await; the caller hears of it as well", async () => {
    const { channel } = setUpJoined();
    const errors = reports();
    expect(() => channel.push("say", { n: 1n })).toThrow(/"say" cannot be encoded: payload.n is BigInt/);
    const { socket, server } = setUpOpen();
    const early = socket.channel("room:1");
    early.join();
    const push = early.push("say", { n: 1n });
    const error = push.catch((reason: unknown) => reason);
    early.push("say", { n: 2 });
    server().reply();
    expect(says(server().sent).map(([, , , , payload]) => payload)).toEqual([{ n: 2 }]);
    expect(String(errors)).toMatch(/"say" cannot be encoded: payload.n is BigInt/);
    vi.useRealTimers();
    expect(await error).toMatchObject({
      message: '"say" on "room:1" failed: payload cannot be encoded',
      cause: expect.objectContaining({ name: "EncodeError" }),
    });
  });

  it("is not needed: nobody's rejection is unhandled", async () => {
    const { server, channel } = setUpJoined();
    channel.push("say");
    server().reply("error", {});
    channel.push("say", {}, 10);
    await vi.advanceTimersByTimeAsync(10);
    // An unhandled rejection fails the whole run.
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("a join that is tried again gives each who awaits it the next answer", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const first = settled(channel.join());
    server().reply("error", { reason: "busy" });
    await vi.advanceTimersByTimeAsync(1000);
    const second = settled(channel.joinPush);
    server().reply("ok", { n: 1 });
    await tick();
    expect([first.now, second.now]).toEqual(["refused", "ok"]);
    expect(await channel.joinPush).toEqual({ n: 1 });
  });

  it("a join stays pending over a lost connection and a crash, until it is answered or times out", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const join = settled(channel.join());
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    server().receive("2", "2", "room:1", "phx_error", {});
    await vi.advanceTimersByTimeAsync(1000);
    expect(join.now).toBe("pending");
    server().reply();
    await tick();
    expect(join.now).toBe("ok");
  });
});

describe("the buffer of a channel", () => {
  it("holds maxBufferedPushes pushes; the next one fails with buffer_full, and those that wait are sent", async () => {
    const { socket, server } = setUpOpen({ maxBufferedPushes: 2 });
    const channel = socket.channel("room:1");
    channel.join();
    const pushes = [1, 2, 3].map((n) => channel.push("say", { n }));
    const outcomes = pushes.map(settled);
    const calls = heard(pushes[2] as never);
    await tick();
    expect(outcomes.map(({ now }) => now)).toEqual(["pending", "pending", "buffer_full"]);
    expect(calls).toEqual(['error {"reason":"buffer full"}']);
    await expect(pushes[2]).rejects.toThrow('"say" on "room:1" failed: buffer_full');
    server().reply();
    expect(says(server().sent).map(([, , , , payload]) => payload)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("has room again when a push times out or is aborted", async () => {
    const { socket } = setUp({ maxBufferedPushes: 1 });
    const channel = socket.channel("room:1");
    channel.join();
    const controller = new AbortController();
    channel.push("say", {}, { signal: controller.signal });
    controller.abort();
    channel.push("say", {}, 10);
    await vi.advanceTimersByTimeAsync(10);
    const last = settled(channel.push("say"));
    await tick();
    expect(last.now).toBe("pending");
  });

  it("keeps its pushes over a lost connection, and each is sent once", async () => {
    const { server, channel } = setUpJoined();
    server().drop();
    channel.push("say", { n: 1 });
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    server().fail();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    server().reply();
    server().drop();
    const sent = says(server().sent);
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    server().reply();
    expect([...sent, ...says(server().sent)].map(([, , , , payload]) => payload)).toEqual([{ n: 1 }]);
  });
});
