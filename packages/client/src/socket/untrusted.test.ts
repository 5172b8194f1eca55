/** What a broken server may send, and what the program's own callbacks may throw: neither breaks the client. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Presence } from "@wingbeat/client";
import type { SocketMessage } from "@wingbeat/client";
import { reports, setUpJoined, setUpOpen, settled, spy } from "../../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FRAMES: readonly (readonly [string, unknown])[] = [
  ["no JSON", "nonsense"],
  ["an empty text", ""],
  ["null", "null"],
  ["an object", '{"topic":"room:1"}'],
  ["a short array", "[1,2]"],
  ["a topic that cannot be text", '[null,null,{"toString":1},"x",{}]'],
  ["an event that is a number", '[null,null,"room:1",5,{}]'],
  ["a ref that cannot be text", '[null,{"toString":1},"room:1","x",{}]'],
  ["a reply of null", '["1","1","room:1","phx_reply",null]'],
  ["a reply whose status cannot be text", '["1","1","room:1","phx_reply",{"status":{"toString":1}}]'],
  ["deep nesting", "[".repeat(100_000)],
  ["bytes of no kind", new Uint8Array([9, 9, 9]).buffer],
  ["bytes that end early", new Uint8Array([1, 255]).buffer],
  ["no data", undefined],
];

describe("a frame that is no message", () => {
  it.each(FRAMES)("ends the connection, tells onError, and the socket comes back: %s", async (_name, frame) => {
    const { socket, made, server, channel } = setUpJoined({ logger: () => {} });
    const [errors, closes] = [spy(), spy()];
    socket.onError(errors);
    socket.onClose(closes);
    const push = settled(channel.push("say"));
    server().receiveFrame(frame);
    expect(errors).toHaveBeenCalledExactlyOnceWith(expect.any(Error), socket.transport, 1);
    expect(closes.mock.calls).toEqual([[{ code: 1006, reason: "invalid frame", wasClean: false }]]);
    await vi.advanceTimersByTimeAsync(20);
    expect([made.length, push.now, channel.state]).toEqual([2, "closed", "errored"]);
    server().open();
    server().reply();
    expect(channel.state).toBe("joined");
  });

  it("is one that a decoder of one's own throws at, rejects, or makes nothing of", async () => {
    const decoders = [
      () => {
        throw new Error("cannot decode");
      },
      async () => Promise.reject(new Error("cannot decode")),
      (_frame: unknown, callback: (message: SocketMessage) => void) => callback(null as never),
      (_frame: unknown, callback: (message: SocketMessage) => void) => callback({ topic: 1 } as never),
    ];
    for (const decode of decoders) {
      const { socket, made, server } = setUpOpen({ decode: decode as () => void });
      const errors = spy();
      socket.onError(errors);
      server().receiveFrame("[]");
      await vi.advanceTimersByTimeAsync(20);
      expect([made.length, errors.mock.calls.length]).toEqual([2, 1]);
    }
  });

  it("is not one that is decoded when its connection has been replaced: it is dropped", async () => {
    const late: (() => void)[] = [];
    const message = { topic: "room:1", event: "news", payload: {}, ref: null, join_ref: null };
    const { socket, made, server } = setUpOpen({ decode: (_frame, callback) => late.push(() => callback(message)) });
    const got = spy();
    socket.onMessage(got);
    server().receiveFrame("x");
    server().drop();
    await vi.advanceTimersByTimeAsync(20);
    server().open();
    late[0]?.();
    expect([got.mock.calls.length, made.length]).toEqual([0, 2]);
  });
});

describe("a reply", () => {
  it("with a response nested too deep to be shown still settles its push", () => {
    const { server, channel } = setUpJoined();
    const refused = spy();
    const push = channel.push("say").receive("error", refused);
    let response: unknown = {};
    for (let depth = 0; depth < 50_000; depth++) response = [response];
    const [joinRef, ref, topic] = server().last;
    channel.trigger("phx_reply", { status: "error", response }, ref, joinRef);
    expect([topic, refused.mock.calls.length]).toEqual(["room:1", 1]);
    return expect(push).rejects.toMatchObject({ reason: "refused" });
  });
});

describe("presence", () => {
  const meta = (ref: string) => ({ metas: [{ phx_ref: ref }] });
  const GARBAGE = [
    null,
    "state",
    [],
    { ada: null },
    { ada: {} },
    { ada: { metas: {} } },
    { ada: { metas: [null] } },
    { ada: { metas: ["x"] } },
    { joins: null, leaves: {} },
    { joins: {}, leaves: { ada: 5 } },
    { joins: { ada: meta("2") }, leaves: { bob: { metas: null } } },
  ];

  it("that is none is logged and changes nothing", () => {
    const printed = reports();
    const lines: string[] = [];
    const { server, channel } = setUpJoined({ logger: (kind, text) => void (kind === "channel" && lines.push(text)) });
    const presence = new Presence(channel);
    const synced = spy();
    server().receive(null, null, "room:1", "presence_state", JSON.parse('{"ada":{"metas":[{"phx_ref":"1"}]}}'));
    presence.onSync(synced);
    const { state } = presence;
    for (const event of ["presence_state", "presence_diff", "presence_count"]) {
      for (const payload of GARBAGE) server().receive(null, null, "room:1", event, payload);
    }
    expect([presence.state, synced.mock.calls.length]).toEqual([state, 0]);
    expect([lines.length, printed.length]).toEqual([3 * GARBAGE.length, 0]);
  });

  it("has keys like __proto__ and constructor as others", () => {
    const { server, channel } = setUpJoined();
    const presence = new Presence(channel);
    const state = '{"__proto__":{"metas":[{"phx_ref":"1"}]},"constructor":{"metas":[{"phx_ref":"2"}]}}';
    server().receive(null, null, "room:1", "presence_state", JSON.parse(state));
    const diff = `{"joins":{},"leaves":${state}}`;
    expect(presence.list((key) => key)).toEqual(["__proto__", "constructor"]);
    expect(({} as { metas?: unknown }).metas).toBeUndefined();
    server().receive(null, null, "room:1", "presence_diff", JSON.parse(diff));
    expect(presence.list()).toEqual([]);
  });

  it("keeps the newest megabyte of diffs that come before a state, in time that does not grow with their square", () => {
    const { server, channel } = setUpJoined();
    const presence = new Presence(channel);
    const diff = (key: string) => ({ joins: { [key]: { metas: [{ phx_ref: key, x: "y".repeat(100) }] } }, leaves: {} });
    for (let count = 0; count < 20_000; count++) {
      server().receive(null, null, "room:1", "presence_diff", diff(`u${count}`));
    }
    server().receive(null, null, "room:1", "presence_state", {});
    expect(presence.count).toBeLessThanOrEqual(1_000_000 / JSON.stringify(diff("u0")).length);
    expect(presence.count).toBeGreaterThan(2000);
    expect(Object.keys(presence.state).at(-1)).toBe("u19999");
  });

  it("may be no more than a count", () => {
    const { server, channel } = setUpJoined();
    const presence = new Presence(channel);
    const synced = vi.fn<() => unknown>(() => presence.count);
    presence.onSync(synced);
    server().receive(null, null, "room:1", "presence_count", { count: 5000 });
    expect([synced.mock.results.map(({ value }) => value), presence.state]).toEqual([[5000], {}]);
  });
});

describe("the program's callbacks", () => {
  it("may throw or reject anywhere: it is reported, and the state stays right", async () => {
    const errors = reports();
    const broken = (what: string) => () => {
      throw new Error(what);
    };
    const { socket, made, server, channel } = setUpJoined({ logger: broken("logger") });
    channel.on("news", async () => {
      throw new Error("rejected");
    });
    channel.onError(broken("channel.onError"));
    channel.onMessage = broken("onMessage");
    socket.ping(broken("ping"));
    server().reply();
    server().drop();
    expect(channel.state).toBe("errored");
    await vi.advanceTimersByTimeAsync(20);
    server().open();
    server().reply();
    expect([made.length, channel.state]).toEqual([2, "joined"]);
    channel.onMessage = (_event, payload) => payload;
    server().receive(null, null, "room:1", "news", {});
    server().receive(channel.joinRef(), null, "room:1", "phx_close", {});
    expect(channel.state).toBe("closed");
    socket.disconnect(broken("disconnect"));
    await vi.advanceTimersByTimeAsync(200);
    const told = new Set(errors.map((error) => (error as Error).message));
    expect([...told].toSorted()).toEqual(["channel.onError", "disconnect", "logger", "onMessage", "ping", "rejected"]);
  });

  it("are told of by the page, where there is one", () => {
    const reportError = spy();
    vi.stubGlobal("reportError", reportError);
    vi.stubGlobal("document", { visibilityState: "visible" });
    const { socket, server } = setUpOpen();
    const wrong = new Error("wrong");
    socket.onMessage(() => {
      throw wrong;
    });
    server().receive(null, null, "room:1", "news", {});
    vi.unstubAllGlobals();
    expect(reportError).toHaveBeenCalledExactlyOnceWith(wrong);
  });

  it("of joins that cannot be encoded fail in a timer, without an uncaught error", async () => {
    const errors = reports();
    const { server, channel } = setUpJoined();
    channel.params = () => ({ n: 1n });
    server().receive(null, null, "room:1", "phx_error", {});
    await vi.advanceTimersByTimeAsync(1000);
    expect(String(errors)).toMatch(/cannot be encoded: payload.n is BigInt/);
    channel.params = {};
    await vi.advanceTimersByTimeAsync(1000);
    server().reply();
    expect(channel.state).toBe("joined");
  });
});
