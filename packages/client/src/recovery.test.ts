import { v2Server, withPosition } from "@wingbeat/protocol";
import type { JoinOptions, SocketOptions } from "@wingbeat/client";
import { Serializer } from "@wingbeat/client";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reports, setUpOpen, spy } from "../test/fake-transport.ts";
import type { FakeTransport, Message } from "../test/fake-transport.ts";

const TOPIC = "room:1";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const joinsOf = (server: FakeTransport): Message[] => server.sent.filter(([, , , event]) => event === "phx_join");

/** A channel whose join is under way, and what its application hears, in order. */
function setUpJoining(join: JoinOptions = {}, options: SocketOptions = {}) {
  const setup = setUpOpen({ recovery: true, ...options });
  const { server } = setup;
  const channel = setup.socket.channel(TOPIC);
  const heard: unknown[] = [];
  channel.on("news", (payload, _ref, _joinRef, position) => heard.push([payload, position?.offset]));
  channel.onRecover((report) => heard.push(report));
  channel.onCaughtUp(() => heard.push("caught up"));
  channel.join(join).receive("ok", () => heard.push("joined"));
  /** Answers the last join. */
  const answer = (recovery?: unknown, joining = joinsOf(server()).at(-1) as Message) => {
    const [joinRef, ref] = joining;
    server().receive(joinRef, ref, TOPIC, "phx_reply", { status: "ok", response: {}, recovery });
  };
  const news = (payload: unknown, extension?: unknown) =>
    server().receive(null, null, TOPIC, "news", payload, extension);
  /** A message of the server about recovery. */
  const tell = (payload: unknown, extension?: unknown) =>
    server().receive(channel.joinRef(), null, TOPIC, "phx_recovery", payload, extension);
  /** The connection is lost, and the next one opens; the channel sends its join. */
  const reconnect = () => {
    server().drop();
    vi.advanceTimersByTime(10);
    server().open();
  };
  return { ...setup, channel, heard, answer, news, tell, reconnect };
}

const FIRST = { epoch: "log.a", offset: 40 };

/** A channel that has joined at offset 40; nothing is heard yet. */
function setUpJoined(options?: SocketOptions) {
  const setup = setUpJoining({}, options);
  setup.answer(FIRST);
  setup.heard.length = 0;
  return setup;
}

describe("a join", () => {
  it("asks for recovery, under one name for all channels of a socket", () => {
    const { server, socket } = setUpJoining();
    socket.channel("room:2").join();
    const extension = { v: 1, session: socket.session };
    expect(server().sent).toEqual([
      ["1", "1", TOPIC, "phx_join", {}, extension],
      ["2", "2", "room:2", "phx_join", {}, extension],
    ]);
    expect(socket.session).toMatch(/^[0-9a-z]{22}$/);
    expect(setUpJoining().socket.session).not.toBe(socket.session);
  });

  it.each<[string, SocketOptions]>([
    ["recovery: false", { recovery: false }],
    ["extensions: false", { extensions: false }],
    ["an encoder of its own", { encode: (message, callback) => Serializer.encode(message, callback) }],
    ["a decoder of its own", { decode: (frame, callback) => Serializer.decode(frame, callback) }],
  ])("does not ask with %s", (_, options) => {
    const { server } = setUpJoining({ since: "earliest" }, options);
    expect(server().frames).toEqual(['["1","1","room:1","phx_join",{}]']);
  });

  it("is the only message that has an extension", () => {
    const { channel, server } = setUpJoined();
    channel.push("new_msg", {});
    channel.leave();
    expect(server().sent.map((message) => message.length)).toEqual([6, 5, 5]);
  });

  it.each<[JoinOptions, object]>([
    [{ since: { epoch: "log.a", offset: 7 } }, { since: ["log.a", 7] }],
    [{ since: "earliest" }, { since: "earliest" }],
    [{ rewind: 50 }, { rewind: 50 }],
    [{ since: { epoch: "log.a", offset: 7 }, rewind: 50 }, { since: ["log.a", 7] }],
    [{ since: null, rewind: 50 }, { rewind: 50 }],
    [{ since: undefined }, {}],
  ])("with %j asks for %j", (options, asked) => {
    const { server, socket } = setUpJoining(options);
    expect(server().last[5]).toEqual({ v: 1, session: socket.session, ...asked });
  });

  it.each<[unknown]>([
    [{ since: "latest" }],
    [{ since: { epoch: "log.a" } }],
    [{ since: { epoch: "", offset: 1 } }],
    [{ since: { epoch: "log.a", offset: -1 } }],
    [{ since: ["log.a", 1] }],
    [{ rewind: 0 }],
    [{ rewind: 1.5 }],
    [{ rewind: "50" }],
  ])("refuses %j", (options) => {
    const { socket, server } = setUpOpen({ recovery: true });
    const channel = socket.channel(TOPIC);
    expect(() => channel.join(options as JoinOptions)).toThrow(new RangeError("since or rewind is invalid"));
    expect(server().frames).toEqual([]);
    channel.join();
    expect(server().frames).toHaveLength(1);
  });

  it("asks for the same again until it is answered", () => {
    const { server, reconnect } = setUpJoining({ since: "earliest" });
    reconnect();
    expect(server().last[5]).toMatchObject({ since: "earliest" });
  });

  it("of bytes asks for nothing: a binary frame has no place for it", () => {
    const { socket, server } = setUpOpen({ recovery: true });
    socket.channel("t", Uint8Array.of(7)).join();
    expect(Buffer.from(server().frames[0] as Uint8Array).toString("latin1")).toBe("\0\x01\x01\x01\x0811tphx_join\x07");
  });
});

describe("the position of a channel", () => {
  it("is null before a server has said one", () => {
    const { channel, answer } = setUpJoining();
    expect(channel.position).toBeNull();
    answer();
    expect(channel.position).toBeNull();
    expect(channel.recovered).toBeUndefined();
  });

  it("is that of the reply when the callbacks of the join run", () => {
    const { channel, answer } = setUpJoining();
    const seen: unknown[] = [];
    channel.joinPush.receive("ok", () => seen.push(channel.position));
    answer(FIRST);
    expect(seen).toEqual([FIRST]);
  });

  it("is that of a message when its callbacks run, which get it as the fourth argument", () => {
    const { channel, news } = setUpJoined();
    const seen: unknown[] = [];
    channel.on("news", (...args) => seen.push([...args, channel.position]));
    news({ n: 1 }, { o: 41 });
    news({ n: 2 });
    const position = { epoch: "log.a", offset: 41 };
    expect(seen).toEqual([
      [{ n: 1 }, null, channel.joinRef(), position, position],
      [{ n: 2 }, null, channel.joinRef(), position],
    ]);
  });

  it("R19: of a message stays that of the message while later ones come", async () => {
    const { channel, news } = setUpJoined();
    const stored: unknown[] = [];
    channel.on("news", async (_payload, _ref, _joinRef, position) => {
      await Promise.resolve();
      stored.push(position?.offset);
    });
    news({}, { o: 41 });
    news({}, { o: 42 });
    await vi.advanceTimersByTimeAsync(0);
    expect(stored).toEqual([41, 42]);
  });

  it("moves past a message whose callback fails, which is reported", () => {
    const errors = reports();
    const { channel, news } = setUpJoined();
    channel.on("news", () => {
      throw new Error("oops");
    });
    news({}, { o: 41 });
    expect(channel.position).toEqual({ epoch: "log.a", offset: 41 });
    expect(errors).toEqual([new Error("oops")]);
  });

  it("takes an epoch that comes with a message", () => {
    const { channel, news, heard } = setUpJoined();
    news(1, { o: 41, e: "log.b" });
    news(2, { o: 42 });
    expect(channel.position).toEqual({ epoch: "log.b", offset: 42 });
    expect(heard).toEqual([
      [1, 41],
      [2, 42],
    ]);
  });

  it("comes with binary frames", () => {
    const { channel, server } = setUpJoined();
    const seen = spy();
    channel.on("bin", seen);
    const payload = Uint8Array.of(9);
    for (const frame of [
      withPosition(v2Server.encodeBroadcast(TOPIC, "bin", payload), 41),
      withPosition(v2Server.encodeMessage(channel.joinRef(), null, TOPIC, "bin", payload), 42),
    ]) {
      server().receiveFrame((frame as Uint8Array).slice().buffer);
    }
    expect(seen.mock.calls.map(([bytes, , , position]) => [bytes, position])).toEqual([
      [payload.buffer, { epoch: "log.a", offset: 41 }],
      [payload.buffer, { epoch: "log.a", offset: 42 }],
    ]);
  });

  it("is asked for after every lost connection", () => {
    const { server, news, reconnect } = setUpJoined();
    reconnect();
    expect(server().last[5]).toMatchObject({ since: ["log.a", 40] });
    server().reply("timeout");
    news({}, { o: 41 });
    reconnect();
    expect(server().last[5]).toMatchObject({ since: ["log.a", 40] });
  });

  it("stays when a server without a history answers the rejoin", () => {
    const { channel, answer, reconnect } = setUpJoined();
    reconnect();
    answer();
    expect(channel.position).toEqual(FIRST);
    expect(channel.recovered).toBeUndefined();
  });

  it("stays when the history cannot be reached at the rejoin, until it can", () => {
    const { channel, server, tell, answer, reconnect } = setUpJoined();
    reconnect();
    answer({ epoch: "", offset: 0, recovered: false, reason: "unavailable" });
    expect(channel.position).toEqual(FIRST);
    reconnect();
    expect(server().last[5]).toMatchObject({ since: ["log.a", 40] });
    answer({ epoch: "", offset: 0, recovered: false, reason: "unavailable" });
    tell({}, { o: 57, e: "log.b" });
    expect(channel.position).toEqual({ epoch: "log.b", offset: 57 });
  });

  it("that was not known when the connection was lost: what came in between is reported", () => {
    const { answer, heard, reconnect, tell } = setUpJoining();
    answer({ epoch: "", offset: 0 });
    heard.length = 0;
    reconnect();
    answer(FIRST);
    expect(heard).toContainEqual({ recovered: false, count: 0, reason: "unavailable" });
    heard.length = 0;
    reconnect();
    answer({ ...FIRST, recovered: true, count: 0 });
    tell({}, { o: 41 });
    expect(heard).not.toContainEqual(expect.objectContaining({ recovered: false }));
  });

  it("can be read after a leave; the next join is a first one, unless it says otherwise", () => {
    const { channel, server, heard } = setUpJoined();
    channel.leave();
    expect(channel.position).toEqual(FIRST);
    channel.join();
    expect(server().last[5]).not.toHaveProperty("since");
    expect(channel.position).toBeNull();
    channel.leave();
    channel.join({ since: FIRST });
    expect(server().last[5]).toMatchObject({ since: ["log.a", 40] });
    expect(heard).toEqual([]);
  });
});

describe("R4: each message once", () => {
  it("drops a message that is not above the position of the same log", () => {
    const { news, heard, channel } = setUpJoined();
    news(1, { o: 41 });
    news(1, { o: 41 });
    news(0, { o: 39 });
    news(1, { o: 41, e: "log.b" });
    expect(heard).toEqual([[1, 41]]);
    expect(channel.position).toEqual({ epoch: "log.a", offset: 41 });
  });

  it("takes a lower offset of another log", () => {
    const { news, heard, channel } = setUpJoined();
    news(1, { o: 3, e: "other.a" });
    expect(heard).toEqual([[1, 3]]);
    expect(channel.position).toEqual({ epoch: "other.a", offset: 3 });
  });

  it("drops what an earlier join of the connection sends until the present one is answered", () => {
    const { channel, server, socket, news, answer, heard, reconnect } = setUpJoined({ timeout: 1000 });
    reconnect();
    const [first] = joinsOf(server());
    // A slow downlink: the reply is on its way when the client gives up and joins again.
    vi.advanceTimersByTime(1000);
    expect(channel.state).toBe("errored");
    heard.length = 0;
    answer({ ...FIRST, recovered: true, count: 2 }, first);
    news(1, { o: 41 });
    vi.advanceTimersByTime(1000);
    expect(channel.state).toBe("joining");
    news(2, { o: 42 });
    server().receive(first?.[0] ?? null, null, TOPIC, "phx_recovery", { live: true }, { o: 42 });
    expect(heard).toEqual([]);
    expect(server().last[5]).toEqual({ v: 1, session: socket.session, since: ["log.a", 40] });
    answer({ ...FIRST, recovered: true, count: 2 });
    news(1, { o: 41 });
    news(2, { o: 42 });
    expect(heard).toEqual(["joined", { recovered: true, count: 2, reason: undefined }, [1, 41], [2, 42]]);
  });

  it("drops what an earlier channel on the topic was sent, until the new one is answered", () => {
    const { socket, channel, news, answer, heard } = setUpJoined();
    channel.leave();
    const next = socket.channel(TOPIC);
    next.on("news", (payload, _ref, _joinRef, position) => heard.push([payload, position?.offset]));
    next.join({ since: FIRST });
    news(1, { o: 41 });
    answer({ ...FIRST, recovered: true, count: 1 });
    news(1, { o: 41 });
    expect(heard).toEqual([[1, 41]]);
  });

  it("drops it also when no join was answered before: then the channel knows no epoch", () => {
    const { server, news, answer, heard } = setUpJoining({ rewind: 3 }, { timeout: 1000 });
    const [first] = joinsOf(server());
    vi.advanceTimersByTime(2000);
    expect(joinsOf(server())).toHaveLength(2);
    answer({ ...FIRST, recovered: true, count: 1 }, first);
    news(1, { o: 41 });
    expect(heard).toEqual([]);
    answer({ ...FIRST, recovered: true, count: 1 });
    news(1, { o: 41 });
    expect(heard).toEqual(["joined", { recovered: true, count: 1, reason: undefined }, [1, 41]]);
  });

  it("keeps what has no position as it comes, also while joining", () => {
    const { news, heard } = setUpJoining();
    news(1);
    expect(heard).toEqual([[1, undefined]]);
  });
});

describe("onRecover and onCaughtUp", () => {
  it("say nothing at a first join from now on", () => {
    const { answer, heard, channel } = setUpJoining();
    answer(FIRST);
    expect(heard).toEqual(["joined"]);
    expect(channel.recovered).toBeUndefined();
  });

  it("say what follows after a rejoin, and when it has come", () => {
    const { answer, news, tell, heard, channel, reconnect } = setUpJoined();
    reconnect();
    answer({ ...FIRST, recovered: true, count: 2 });
    expect(channel.recovered).toBe(true);
    news(1, { o: 41 });
    tell({ live: true }, { o: 42 });
    tell({ live: true }, { o: 42 });
    news(3, { o: 43 });
    expect(heard).toEqual(["joined", { recovered: true, count: 2, reason: undefined }, [1, 41], "caught up", [3, 43]]);
    expect(channel.position).toEqual({ epoch: "log.a", offset: 43 });
  });

  it("come together when nothing was missed", () => {
    const { answer, heard, reconnect } = setUpJoined();
    reconnect();
    answer({ ...FIRST, recovered: true, count: 0 });
    expect(heard).toEqual(["joined", { recovered: true, count: 0, reason: undefined }, "caught up"]);
  });

  it("say that the state must be loaded again, from where on the channel is live", () => {
    const { answer, heard, channel, reconnect } = setUpJoined();
    reconnect();
    answer({ epoch: "other.a", offset: 3, recovered: false, reason: "epoch" });
    expect(channel.recovered).toBe(false);
    expect(channel.position).toEqual({ epoch: "other.a", offset: 3 });
    expect(heard).toEqual(["joined", { recovered: false, count: 0, reason: "epoch" }, "caught up"]);
  });

  it("tell of a loss while joined, which may move the position back", () => {
    const { tell, news, heard, channel } = setUpJoined();
    news(1, { o: 41 });
    tell({ recovered: false, reason: "lost" }, { o: 39, e: "log.b" });
    expect(channel.position).toEqual({ epoch: "log.b", offset: 39 });
    expect(channel.state).toBe("joined");
    news(2, { o: 40 });
    expect(heard).toEqual([[1, 41], { recovered: false, count: 0, reason: "lost" }, "caught up", [2, 40]]);
    expect(channel.recovered).toBe(false);
  });

  it("take a position alone without a word", () => {
    const { tell, heard, channel } = setUpJoining();
    channel.joinPush.settle("ok", {});
    tell({}, { o: 41, e: "log.b" });
    expect(channel.position).toEqual({ epoch: "log.b", offset: 41 });
    expect(heard).toEqual(["joined"]);
  });

  it("are told after a binary reply by a message of its own", () => {
    const { server, tell, heard, channel, reconnect } = setUpJoined();
    reconnect();
    const [joinRef, ref] = server().last;
    const frame = v2Server.encodeReply(joinRef, ref, TOPIC, "ok", Uint8Array.of(1));
    server().receiveFrame((frame as Uint8Array).slice().buffer);
    tell({ recovered: true, count: 0 }, { o: 40, e: "log.b" });
    expect(heard).toEqual(["joined", { recovered: true, count: 0, reason: undefined }, "caught up"]);
    expect(channel.position).toEqual({ epoch: "log.b", offset: 40 });
  });

  it("end a replay with a report", () => {
    const { answer, tell, heard, reconnect } = setUpJoined();
    reconnect();
    answer({ ...FIRST, recovered: true, count: 9 });
    tell({ recovered: false, reason: "trimmed" }, { o: 90 });
    tell({ live: true }, { o: 90 });
    expect(heard).toEqual([
      "joined",
      { recovered: true, count: 9, reason: undefined },
      { recovered: false, count: 0, reason: "trimmed" },
      "caught up",
    ]);
  });

  it("do not tell of a replay that the connection did not survive", () => {
    const { answer, tell, heard, reconnect } = setUpJoined();
    reconnect();
    answer({ ...FIRST, recovered: true, count: 9 });
    reconnect();
    answer(FIRST);
    tell({ live: true }, { o: 49 });
    expect(heard).toEqual(["joined", { recovered: true, count: 9, reason: undefined }, "joined"]);
  });

  it("are not of a broadcast that is named phx_recovery", () => {
    const { server, heard, channel } = setUpJoined();
    const seen = spy();
    channel.on("phx_recovery", seen);
    server().receive(null, null, TOPIC, "phx_recovery", { recovered: false, reason: "lost" }, { o: 3 });
    expect(seen).not.toHaveBeenCalled();
    server().receive(null, null, TOPIC, "phx_recovery", { recovered: false, reason: "lost" });
    expect(seen).toHaveBeenCalledOnce();
    expect(heard).toEqual([]);
    expect(channel.position).toEqual(FIRST);
  });

  it("can be told no more", () => {
    const { channel, answer, reconnect } = setUpJoined();
    const calls = [spy(), spy()] as const;
    const refs = [channel.onRecover(calls[0]), channel.onCaughtUp(calls[1])];
    for (const ref of refs) ref();
    reconnect();
    answer({ ...FIRST, recovered: true, count: 0 });
    expect(calls[0]).not.toHaveBeenCalled();
    expect(calls[1]).not.toHaveBeenCalled();
  });

  it("say nothing of a channel that was left by a callback of its join", () => {
    const { answer, heard, channel, reconnect } = setUpJoined();
    reconnect();
    channel.joinPush.receive("ok", () => channel.leave());
    answer({ ...FIRST, recovered: true, count: 0 });
    expect(heard).toEqual(["joined"]);
  });

  it("are told once for replies that come twice", () => {
    const { answer, heard, reconnect } = setUpJoined();
    reconnect();
    answer({ ...FIRST, recovered: true, count: 0 });
    answer({ epoch: "x", offset: 1, recovered: false });
    expect(heard).toEqual(["joined", { recovered: true, count: 0, reason: undefined }, "caught up"]);
  });
});

describe("a loss that many are told of", () => {
  const LOST = { recovered: false, count: 0, reason: "epoch" };
  const lost = { epoch: "other.a", offset: 3, recovered: false, reason: "epoch", spread: 2000 };

  beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0.5));

  it("is told after a random part of the time that the server asks for", () => {
    const { answer, news, heard, channel, reconnect } = setUpJoined();
    reconnect();
    answer(lost);
    expect(channel.recovered).toBe(false);
    vi.advanceTimersByTime(999);
    news(1, { o: 4 });
    expect(heard).toEqual(["joined", [1, 4]]);
    vi.advanceTimersByTime(1);
    expect(heard).toEqual(["joined", [1, 4], LOST, "caught up"]);
  });

  it("waits no longer than 10 seconds", () => {
    const { answer, heard, reconnect } = setUpJoined();
    reconnect();
    answer({ ...lost, spread: Number.MAX_VALUE });
    vi.advanceTimersByTime(5000);
    expect(heard).toEqual(["joined", LOST, "caught up"]);
  });

  it("is told once, also for what comes until then", () => {
    const { answer, news, tell, heard, reconnect } = setUpJoined();
    reconnect();
    answer(lost);
    reconnect();
    answer({ epoch: "other.a", offset: 3, recovered: true, count: 2 });
    news(1, { o: 4 });
    tell({ live: true }, { o: 5 });
    expect(heard).toEqual(["joined", "joined", [1, 4]]);
    tell({ recovered: false, reason: "lost", spread: 2000 }, { o: 4, e: "other.b" });
    vi.advanceTimersByTime(10_000);
    expect(heard.slice(3)).toEqual([LOST, "caught up"]);
  });

  it("is told while the connection is lost, too", () => {
    const { answer, heard, server } = setUpJoined({ reconnectAfterMs: () => 60_000 });
    server().drop();
    vi.advanceTimersByTime(60_000);
    server().open();
    answer(lost);
    server().drop();
    vi.advanceTimersByTime(1000);
    expect(heard).toEqual(["joined", LOST]);
  });

  it("is not told of a channel that was left", () => {
    const { answer, heard, channel, reconnect } = setUpJoined();
    reconnect();
    answer(lost);
    channel.leave();
    vi.advanceTimersByTime(10_000);
    expect(heard).toEqual(["joined"]);
  });
});

describe("a server that sends anything", () => {
  const json = fc.jsonValue();
  const position = fc.record(
    {
      o: fc.oneof(json, fc.double(), fc.maxSafeNat()),
      e: fc.oneof(json, fc.string({ maxLength: 400 }), fc.constant("log.b")),
    },
    { requiredKeys: [] },
  );
  const recovery = fc.record(
    {
      epoch: fc.oneof(json, fc.constant("log.b")),
      offset: fc.oneof(json, fc.nat()),
      recovered: fc.oneof(json, fc.boolean()),
      count: fc.oneof(json, fc.double(), fc.nat()),
      reason: json,
      spread: fc.oneof(json, fc.double()),
      live: json,
    },
    { requiredKeys: [] },
  );

  it("breaks nothing, and is never told anything but a position", () => {
    const errors = reports();
    fc.assert(
      fc.property(fc.array(fc.oneof(json, position)), fc.array(fc.oneof(json, recovery)), (extensions, told) => {
        const { channel, server, news, tell, answer, reconnect } = setUpJoined();
        const got = spy();
        channel.on("plain", got);
        const isSound = () => {
          const { position: at } = channel;
          if (at === null) return;
          expect(at).toEqual({ epoch: expect.any(String), offset: expect.any(Number) });
          expect(at.epoch.length).toBeGreaterThan(0);
          expect(at.epoch.length).toBeLessThanOrEqual(255);
          expect(Number.isSafeInteger(at.offset) && at.offset >= 0).toBe(true);
        };
        channel.onRecover((report) => {
          expect(typeof report.recovered).toBe("boolean");
          expect(Number.isSafeInteger(report.count) && report.count >= 0).toBe(true);
          expect(["string", "undefined"]).toContain(typeof report.reason);
        });
        for (const extension of extensions) {
          news({}, extension);
          isSound();
          tell({}, extension);
          isSound();
        }
        for (const payload of told) {
          tell(payload, extensions[0]);
          isSound();
          reconnect();
          expect(server().last[3]).toBe("phx_join");
          answer(payload);
          expect(channel.state).toBe("joined");
          isSound();
        }
        server().receive(null, null, TOPIC, "plain", {});
        expect(got).toHaveBeenCalledOnce();
        channel.leave();
      }),
      { seed: 20_261_130, numRuns: 200 },
    );
    expect(errors).toEqual([]);
  });

  it("is not believed a position that nobody can hold", () => {
    const { channel, heard, news } = setUpJoined();
    for (const extension of [{ o: -1 }, { o: 1.5 }, { o: 2 ** 53 }, { o: "41" }, { o: 41, e: 5 }, [41], "41", 41]) {
      news(1, extension);
    }
    expect(heard).toEqual(Array.from({ length: 8 }, () => [1, undefined]));
    expect(channel.position).toEqual(FIRST);
  });
});
