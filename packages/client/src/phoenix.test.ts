/** The helper, in a socket of the official client. */
import { v2Server, withPosition } from "@wingbeat/protocol";
import { recovery } from "@wingbeat/client/phoenix";
import type { PhoenixSerializer } from "@wingbeat/client/phoenix";
import * as phoenix from "phoenix";
import type { SocketConnectOption } from "phoenix";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { fakeTransports } from "../test/fake-transport.ts";
import type { FakeTransport, Message } from "../test/fake-transport.ts";

/** Exported, but absent from the types. */
const { Serializer } = phoenix as unknown as { Serializer: PhoenixSerializer };
const TOPIC = "room:1";
const FIRST = { epoch: "log.a", offset: 40 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const { Fake, made } = fakeTransports();
  const heard: (readonly [what: unknown, more: unknown] | string)[] = [];
  const helper = recovery(Serializer, (topic, report) => heard.push([topic, report]));
  const options = {
    transport: Fake,
    encode: helper.encode,
    decode: helper.decode,
    timeout: 1000,
    heartbeatIntervalMs: 600_000,
    reconnectAfterMs: () => 10,
    rejoinAfterMs: () => 1000,
  };
  const socket = new phoenix.Socket("ws://server/socket", options as unknown as Partial<SocketConnectOption>);
  onTestFinished(() => socket.disconnect());
  const server = () => made.at(-1) as FakeTransport;
  const open = () => {
    socket.connect();
    server().open();
  };
  /** The last join: refs are those of the client. */
  const joining = () => server().sent.findLast(([, , , event]) => event === "phx_join") as Message;
  const answer = (answered?: unknown, [joinRef, ref] = joining()) =>
    server().receive(joinRef, ref, TOPIC, "phx_reply", { status: "ok", response: {}, recovery: answered });
  const news = (payload: unknown, extension?: unknown) =>
    server().receive(null, null, TOPIC, "news", payload, extension);
  const reconnect = () => {
    server().drop();
    vi.advanceTimersByTime(10);
    server().open();
  };
  const join = () => {
    const channel = socket.channel(TOPIC);
    channel.on("news", (payload) => void heard.push([payload, helper.position(TOPIC)?.offset]));
    channel.join().receive("ok", () => void heard.push("joined"));
    return channel;
  };
  open();
  return { helper, socket, server, joining, answer, news, reconnect, join, heard };
}

/** A channel that has joined at offset 40; nothing is heard yet. */
function setUpJoined() {
  const setup = setUp();
  const channel = setup.join();
  setup.answer(FIRST);
  setup.heard.length = 0;
  return { ...setup, channel };
}

describe("what phoenix.js sends", () => {
  it("asks for recovery in its joins, and nowhere else", () => {
    const { server, join, answer } = setUp();
    const channel = join();
    answer(FIRST);
    channel.push("new_msg", { body: "hi" });
    channel.leave();
    expect(server().sent.map(([, , ...message]) => message)).toEqual([
      [TOPIC, "phx_join", {}, { v: 1, session: expect.stringMatching(/^[0-9a-z]{22}$/) }],
      [TOPIC, "new_msg", { body: "hi" }],
      [TOPIC, "phx_leave", {}],
    ]);
  });

  it("asks for what follows the position after a lost connection", () => {
    const { joining, news, reconnect } = setUpJoined();
    const session = (joining()[5] as { readonly session: string }).session;
    news(1, { o: 41 });
    reconnect();
    expect(joining()[5]).toEqual({ v: 1, since: ["log.a", 41], session });
  });

  it("asks for what a first join is to have", () => {
    const { helper, join, joining } = setUp();
    helper.since(TOPIC, "earliest");
    const channel = join();
    expect(joining()[5]).toMatchObject({ since: "earliest" });
    expect(helper.position(TOPIC)).toBeUndefined();
    channel.leave();
    helper.since(TOPIC, FIRST);
    join();
    expect(joining()[5]).toMatchObject({ since: ["log.a", 40] });
  });

  it("is a first join after a leave, and after a close of the server", () => {
    const { channel, server, join, joining, answer } = setUpJoined();
    channel.leave();
    server().reply();
    join();
    expect(joining()[5]).not.toHaveProperty("since");
    answer(FIRST);
    const [joinRef] = joining();
    server().receive(joinRef, joinRef, TOPIC, "phx_close", {});
    join();
    expect(joining()[5]).not.toHaveProperty("since");
  });

  it("of bytes is what phoenix.js makes of them", () => {
    const { server, channel, joining } = setUpJoined();
    const [joinRef] = joining();
    channel.push("bin", Uint8Array.of(7).buffer);
    const frame = Buffer.from(server().frames.at(-1) as ArrayBuffer);
    expect(frame.toString("latin1")).toMatch(new RegExp(`^\0\\x01\\x01\\x06\\x03${joinRef}\\droom:1bin\\x07$`));
  });
});

describe("what phoenix.js is given", () => {
  it("is each message once, with its position", () => {
    const { news, heard } = setUpJoined();
    news("a", { o: 41 });
    news("a", { o: 41 });
    news("typing");
    news("b", { o: 42, e: "log.b" });
    expect(heard).toEqual([
      ["a", 41],
      ["typing", 41],
      ["b", 42],
    ]);
  });

  it("is what was missed, after a report", () => {
    const { news, answer, reconnect, heard, helper } = setUpJoined();
    reconnect();
    answer({ ...FIRST, recovered: true, count: 1 });
    news("a", { o: 41 });
    expect(heard).toEqual(["joined", [TOPIC, { ...FIRST, recovered: true, count: 1 }], ["a", 41]]);
    expect(helper.position(TOPIC)).toEqual({ epoch: "log.a", offset: 41 });
  });

  it("is told of a loss, after a random part of the time that the server asks for", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const { answer, reconnect, heard, helper } = setUpJoined();
    reconnect();
    const lost = { epoch: "other.a", offset: 3, recovered: false, reason: "epoch", spread: 2000 };
    answer(lost);
    expect(helper.position(TOPIC)).toEqual({ epoch: "other.a", offset: 3 });
    vi.advanceTimersByTime(999);
    expect(heard).toEqual(["joined"]);
    vi.advanceTimersByTime(1);
    expect(heard).toEqual(["joined", [TOPIC, lost]]);
  });

  it("is told of a loss while joined, and of the end of a replay", () => {
    const { server, channel, joining, news, heard, helper } = setUpJoined();
    channel.on("phx_recovery", (payload) => void heard.push(["phx_recovery", payload]));
    const [joinRef] = joining();
    server().receive(joinRef, null, TOPIC, "phx_recovery", { live: true }, { o: 44 });
    server().receive(joinRef, null, TOPIC, "phx_recovery", { recovered: false, reason: "lost" }, { o: 2, e: "log.b" });
    news("behind the gap", { o: 3 });
    expect(heard).toEqual([
      ["phx_recovery", { live: true }],
      ["phx_recovery", { recovered: false, reason: "lost" }],
      [TOPIC, { recovered: false, reason: "lost" }],
      ["behind the gap", 3],
    ]);
    expect(helper.position(TOPIC)).toEqual({ epoch: "log.b", offset: 3 });
  });

  it("are binary frames without their positions", () => {
    const { server, channel, joining, heard, helper } = setUpJoined();
    const bytesOf = (payload: unknown) => new Uint8Array(payload as ArrayBuffer);
    channel.on("bin", (payload) => void heard.push([bytesOf(payload), helper.position(TOPIC)?.offset]));
    const payload = Uint8Array.of(9, 8);
    for (const frame of [
      withPosition(v2Server.encodeBroadcast(TOPIC, "bin", payload), 41),
      withPosition(v2Server.encodeMessage(joining()[0], null, TOPIC, "bin", payload), 42),
      v2Server.encodeBroadcast(TOPIC, "bin", payload),
    ]) {
      server().receiveFrame((frame as Uint8Array).slice().buffer);
    }
    expect(heard).toEqual([
      [payload, 41],
      [payload, 42],
      [payload, 42],
    ]);
  });

  it("R4: is nothing of an earlier join of the connection until the present one is answered", () => {
    const { news, answer, reconnect, joining, heard } = setUpJoined();
    reconnect();
    const first = joining();
    // The join times out: phoenix.js leaves, and joins again.
    vi.advanceTimersByTime(2000);
    answer({ ...FIRST, recovered: true, count: 2 }, first);
    news("a", { o: 41 });
    news("b", { o: 42 });
    expect(heard).toEqual([]);
    expect(joining()[5]).toMatchObject({ since: ["log.a", 40] });
    answer({ ...FIRST, recovered: true, count: 2 });
    news("a", { o: 41 });
    news("b", { o: 42 });
    expect(heard.slice(2)).toEqual([
      ["a", 41],
      ["b", 42],
    ]);
  });

  it("R4: is nothing of an earlier channel on the topic until the new one is answered", () => {
    const { channel, join, news, answer, heard, helper } = setUpJoined();
    channel.leave();
    helper.since(TOPIC, FIRST);
    join();
    news("a", { o: 41 });
    answer({ ...FIRST, recovered: true, count: 1 });
    news("a", { o: 41 });
    expect(heard.filter(([what]) => what === "a")).toEqual([["a", 41]]);
  });

  it("R4: is nothing of an earlier channel before the first answer", () => {
    const { channel, join, news, heard } = setUpJoined();
    channel.leave();
    join();
    news("a", { o: 41 });
    expect(heard).toEqual([]);
  });

  it("R4: is each message once when the reply to a join that has timed out comes before the next join", () => {
    const { news, answer, reconnect, joining, heard } = setUpJoined();
    reconnect();
    vi.advanceTimersByTime(1000);
    answer({ ...FIRST, recovered: true, count: 2 });
    news("a", { o: 41 });
    vi.advanceTimersByTime(1000);
    expect(joining()[5]).toMatchObject({ since: ["log.a", 41] });
    news("b", { o: 42 });
    answer({ epoch: "log.a", offset: 41, recovered: true, count: 1 });
    news("b", { o: 42 });
    expect(heard.filter(([what]) => what !== TOPIC)).toEqual([["a", 41], "joined", ["b", 42]]);
  });

  it("is as without the helper on a server without a history, and of topics that nobody has joined", () => {
    const { server, join, answer, news, heard, helper } = setUp();
    join();
    answer();
    news("a");
    server().receive(null, null, "room:2", "news", "b", { o: 7 });
    expect(heard).toEqual(["joined", ["a", undefined]]);
    expect(helper.position(TOPIC)).toBeUndefined();
    expect(helper.position("room:2")).toBeUndefined();
  });
});
