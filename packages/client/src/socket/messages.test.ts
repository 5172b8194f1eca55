/** What goes through a socket: messages out, messages in, codecs, refs, callbacks. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Socket } from "@wingbeat/client";
import type { Decode, Encode, SocketMessage } from "@wingbeat/client";
import { fakeTransports, reports, setUp, setUpJoined, setUpOpen, spy } from "../../test/fake-transport.ts";
import type { FakeTransport } from "../../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const message = (n: number): SocketMessage => ({ topic: "t", event: "e", payload: { n }, ref: String(n) });
const frame = (n: number): string => `[null,"${n}","t","e",{"n":${n}}]`;

describe("socket.push", () => {
  it("sends at once when there is a connection", () => {
    const { socket, server } = setUpOpen();
    socket.push({ ...message(1), join_ref: "0" });
    expect(server().frames).toEqual(['["0","1","t","e",{"n":1}]']);
  });

  it("keeps messages until there is a connection, and sends them in order before onOpen is called", () => {
    const { socket, server } = setUp();
    socket.push(message(1));
    socket.connect();
    socket.push(message(2));
    expect(socket.sendBuffer).toEqual([message(1), message(2)]);
    let sentBefore: unknown[] = [];
    socket.onOpen(() => (sentBefore = [...server().frames]));
    server().open();
    expect(sentBefore).toEqual([frame(1), frame(2)]);
    expect(socket.sendBuffer).toEqual([]);
  });

  it("throws when maxBufferedPushes messages wait already", () => {
    const { socket, server } = setUp({ maxBufferedPushes: 2 });
    socket.push(message(1));
    socket.push(message(2));
    expect(() => socket.push(message(3))).toThrow("maxBufferedPushes reached");
    socket.connect();
    server().open();
    expect(server().frames).toHaveLength(2);
    socket.push(message(4));
    expect(server().frames).toHaveLength(3);
  });

  it("loses only the message that cannot be encoded", () => {
    const { socket, server } = setUp();
    const errors = reports();
    socket.push({ ...message(1), payload: 1n });
    socket.push(message(2));
    socket.connect();
    server().open();
    expect(server().frames).toEqual([frame(2)]);
    expect(String(errors)).toMatch(/cannot be encoded: payload is BigInt/);
  });
});

describe("a message that comes", () => {
  it("goes to the channel of its topic, then to onMessage", () => {
    const { socket, server, channel } = setUpJoined();
    const calls: unknown[] = [];
    channel.on("news", (...args: unknown[]) => calls.push(args));
    socket.channel("room:2").on("news", () => calls.push("another topic"));
    socket.onMessage((whole) => calls.push(whole));
    server().receive("1", null, "room:1", "news", { n: 1 });
    expect(calls).toEqual([
      [{ n: 1 }, null, "1"],
      { join_ref: "1", ref: null, topic: "room:1", event: "news", payload: { n: 1 } },
    ]);
  });

  it("of an earlier join is dropped, and the logger says so", () => {
    const lines: string[] = [];
    const { server, channel } = setUpJoined({ logger: (_kind, text) => lines.push(text) });
    const news = spy();
    channel.on("news", news);
    server().receive("0", null, "room:1", "news", {});
    expect(news).not.toHaveBeenCalled();
    expect(lines).toContain("dropping outdated message");
    server().receive(null, null, "room:1", "news", {});
    expect(news).toHaveBeenCalledOnce();
  });

  it("that is a broadcast named phx_reply, as Phoenix allows, is no reply, and the connection goes on", () => {
    const { socket, server, channel } = setUpJoined();
    const news = spy();
    channel.on("news", news);
    server().receive("1", null, "room:1", "phx_reply", null);
    server().receive(null, null, "room:1", "phx_reply", { n: 1 });
    server().receive(null, null, "room:1", "news", {});
    expect([socket.isConnected(), channel.state, news.mock.calls.length]).toEqual([true, "joined", 1]);
  });

  it("reaches everybody, also when a callback throws", () => {
    const { socket, server, channel } = setUpJoined();
    const errors = reports();
    const calls: string[] = [];
    channel.on("news", () => {
      throw new Error("in the first");
    });
    channel.on("news", () => calls.push("second"));
    socket.onMessage(() => {
      throw new Error("in onMessage");
    });
    socket.onMessage(() => calls.push("onMessage"));
    server().receive(null, null, "room:1", "news", {});
    expect(calls).toEqual(["second", "onMessage"]);
    expect(errors).toEqual([new Error("in the first"), new Error("in onMessage")]);
  });
});

describe("callbacks of a socket", () => {
  it("that throw keep nothing from going on", () => {
    const { socket, made, server } = setUp();
    const errors = reports();
    const calls: string[] = [];
    const throwing = (["onOpen", "onClose", "onError"] as const).map((on) => {
      const ref = socket[on](() => {
        throw new Error(on);
      });
      socket[on](() => calls.push(on));
      return ref;
    });
    socket.connect();
    server().fail();
    vi.advanceTimersByTime(10);
    expect(made).toHaveLength(2);
    const channel = socket.channel("room:1");
    channel.join();
    server().open();
    expect(server().sent).toHaveLength(1);
    expect(calls).toEqual(["onError", "onClose", "onOpen"]);
    expect(errors).toEqual([new Error("onError"), new Error("onClose"), new Error("onOpen")]);
    socket.off(throwing);
  });

  it("have refs that are strings to phoenix.js programs, and can be called", () => {
    const { socket, server } = setUp();
    const calls: string[] = [];
    const refs = [
      socket.onOpen(() => calls.push("a")),
      socket.onOpen(() => calls.push("b")),
      socket.onOpen(() => calls.push("c")),
      socket.onOpen(() => calls.push("d")),
    ];
    expect(new Set(refs.map(String)).size).toBe(4);
    socket.off([refs[0] as never]);
    socket.off([String(refs[1])]);
    refs[2]?.();
    socket.connect();
    server().open();
    expect(calls).toEqual(["d"]);
  });

  it("of every kind are removed by off", () => {
    const { socket, server } = setUpOpen();
    const never = spy();
    socket.off([socket.onOpen(never), socket.onClose(never), socket.onError(never), socket.onMessage(never)]);
    server().receive(null, null, "t", "e", {});
    server().fail();
    vi.advanceTimersByTime(10);
    server().open();
    expect(never).not.toHaveBeenCalled();
  });
});

describe("refs", () => {
  it("count from 1", () => {
    const { socket } = setUp();
    expect([socket.makeRef(), socket.makeRef()]).toEqual(["1", "2"]);
  });

  it("begin at 0 again where numbers would lose their last digit", () => {
    const { socket } = setUp();
    socket.ref = 1e15 - 2;
    expect([socket.makeRef(), socket.makeRef(), socket.makeRef()]).toEqual(["999999999999999", "0", "1"]);
    expect(1e15).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });
});

describe("codecs", () => {
  const encode: Encode = ({ topic, event }, callback) => callback(`${topic}/${event}`);
  const decode: Decode = (text, callback) => {
    const [topic = "", event = ""] = String(text).split("/");
    callback({ topic, event, payload: { custom: true }, ref: null });
  };

  it("are V2 JSON by default", () => {
    const { socket, server } = setUpOpen();
    const messages = spy();
    socket.onMessage(messages);
    socket.push(message(1));
    server().receiveFrame(frame(1));
    expect(server().frames).toEqual([frame(1)]);
    expect(messages).toHaveBeenCalledWith({ ...message(1), join_ref: null });
  });

  it("of one's own write the frames of a WebSocket", () => {
    const { socket, server } = setUpOpen({ encode, decode });
    socket.push(message(1));
    expect(server().frames).toEqual(["t/e"]);
  });

  it("of one's own read the frames of a WebSocket", () => {
    const { socket, server } = setUpOpen({ encode, decode });
    const got = spy();
    socket.channel("room:1").on("news", got);
    server().receiveFrame("room:1/news");
    expect(got.mock.calls[0]).toEqual([{ custom: true }, null, null]);
  });

  /** As `LongPoll` is marked. */
  const longPolling = () => {
    const { Fake, made } = fakeTransports();
    const socket = new Socket("ws://server/socket", {
      transport: Object.assign(Fake, { isLongPoll: true }),
      encode,
      decode,
    });
    socket.connect();
    made[0]?.open();
    onTestFinished(() => socket.disconnect());
    return { socket, server: made[0] as FakeTransport };
  };

  it("of one's own do not write what goes by long polling", () => {
    const { socket, server } = longPolling();
    socket.push(message(1));
    expect(server.frames).toEqual([frame(1)]);
  });

  it("of one's own do not read what comes by long polling", () => {
    const { socket, server } = longPolling();
    const messages: unknown[] = [];
    socket.onMessage((read) => messages.push(read));
    server.receiveFrame(frame(1));
    expect(messages).toEqual([{ ...message(1), join_ref: null }]);
  });
});

describe("the channels of a socket", () => {
  it("are made with a topic and params", () => {
    const { socket } = setUp();
    const channel = socket.channel("room:1", { one: "two" });
    expect(channel).toMatchObject({ topic: "room:1", params: { one: "two" }, socket, state: "closed" });
  });

  it("are listed", () => {
    const { socket } = setUp();
    expect(socket.channels).toEqual([]);
    const channel = socket.channel("room:1");
    expect(socket.channels).toEqual([channel]);
  });

  it("are forgotten by remove, one at a time", () => {
    const { socket } = setUp();
    const [first, second] = [socket.channel("room:1"), socket.channel("room:2")];
    socket.remove(first);
    expect(socket.channels).toEqual([second]);
  });
});
