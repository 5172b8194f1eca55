import { v2Client, v2Server } from "@wingbeat/protocol";
import type { Message } from "@wingbeat/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse, routeChannel } from "../index.ts";
import type { Endpoint, SocketDefinition } from "../index.ts";
import { attach } from "../telemetry/attach.ts";
import type { TelemetryEvent, TelemetryEvents } from "../telemetry.ts";
import { MemoryConnection } from "../transports/memory.ts";
import { SocketProcess } from "./process.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Something that happens when the test says so. */
function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}

/** Until everything that is scheduled by now has run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function record<Event extends TelemetryEvent>(event: Event): TelemetryEvents[Event][] {
  const data: TelemetryEvents[Event][] = [];
  cleanups.push(attach(event, (one) => data.push(one)));
  return data;
}

function endpointOf(socket: SocketDefinition): Endpoint {
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
  cleanups.push(() => endpoint.close());
  return endpoint;
}

/** A socket process whose frames the test writes and reads by itself. */
function connect(socket: SocketDefinition, endpoint = endpointOf(socket), id: string | null = null) {
  const received: Message[] = [];
  const closed: { code: number; reason: string }[] = [];
  const connection = new MemoryConnection({
    received: (data) => received.push(v2Client.decode(data)),
    closed: (code, reason) => closed.push({ code, reason }),
  });
  const environment = {
    endpoint,
    pubsub: endpoint.pubsub,
    path: "/socket",
    socket: socket.spec,
    processes: new Set<SocketProcess>(),
    work: { running: 0 },
  };
  const process = new SocketProcess(
    environment,
    { codec: v2Server, assigns: { from: "connect", shared: { n: 0 } }, id },
    connection,
  );
  connection.start(process);
  const send = (
    joinRef: string | null,
    ref: string | null,
    topic: string,
    event: string,
    payload: unknown = {},
  ): void => connection.receive(v2Client.encode({ joinRef, ref, topic, event, payload }));
  /** What arrived since the last look, in short: `1 2 room:1 phx_reply {…}`. */
  const arrived = (): string[] =>
    received
      .splice(0)
      .map(({ joinRef, ref, topic, event, payload }) =>
        [joinRef, ref, topic, event, JSON.stringify(payload)].join(" "),
      );
  return { process, connection, send, arrived, closed, endpoint };
}

const connectAll = { connect: () => ok() };
const lobby = defineChannel("lobby").join(() => ok());
const reply = (status: string, response: object): string => `phx_reply ${JSON.stringify({ status, response })}`;

describe("order", () => {
  it("async handlers run one after another, in the order of the messages", async () => {
    const gates = [gate(), gate(), gate()];
    const log: string[] = [];
    const channel = lobby.handleIn("work", async (_ctx, payload) => {
      const { n } = payload as { n: number };
      log.push(`begin ${n}`);
      await gates[n]?.promise;
      log.push(`end ${n}`);
      return ok({ n });
    });
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [channel] }));
    send("1", "1", "lobby", "phx_join");
    for (const n of [0, 1, 2]) send("1", `w${n}`, "lobby", "work", { n });
    for (const n of [2, 1, 0]) gates[n]?.open();
    await turn();
    expect(log).toEqual(["begin 0", "end 0", "begin 1", "end 1", "begin 2", "end 2"]);
    expect(arrived().slice(1)).toEqual([0, 1, 2].map((n) => `1 w${n} lobby ${reply("ok", { n })}`));
  });

  it("a heartbeat is answered while a handler is busy", async () => {
    const channel = lobby.handleIn("work", () => new Promise<void>(() => {}));
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [channel] }));
    send("1", "1", "lobby", "phx_join");
    send("1", "2", "lobby", "work");
    send(null, "3", "phoenix", "heartbeat");
    expect(arrived().at(-1)).toBe(` 3 phoenix ${reply("ok", {})}`);
  });

  it("a slow join holds up its own topic only; what waited is handled after it", async () => {
    const slow = gate();
    const room = defineChannel("room:{id}")
      .join(async (ctx) => {
        if (ctx.params.id === "slow") await slow.promise;
        return ok({ id: ctx.params.id });
      })
      .handleIn("echo", (_ctx, payload) => ok(payload));
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [room] }));
    send("1", "1", "room:slow", "phx_join");
    send("1", "2", "room:slow", "echo", { n: 2 });
    send("3", "3", "room:fast", "phx_join");
    send("3", "4", "room:fast", "echo", { n: 4 });
    send("1", "5", "room:slow", "echo", { n: 5 });
    await turn();
    expect(arrived()).toEqual([
      `3 3 room:fast ${reply("ok", { id: "fast" })}`,
      `3 4 room:fast ${reply("ok", { n: 4 })}`,
    ]);
    slow.open();
    await turn();
    expect(arrived()).toEqual([
      `1 1 room:slow ${reply("ok", { id: "slow" })}`,
      `1 2 room:slow ${reply("ok", { n: 2 })}`,
      `1 5 room:slow ${reply("ok", { n: 5 })}`,
    ]);
  });

  it("what waited for a join that is refused gets unmatched topic", async () => {
    const slow = gate();
    const channel = defineChannel("lobby").join(async () => {
      await slow.promise;
      return refuse({ reason: "full" });
    });
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [channel] }));
    send("1", "1", "lobby", "phx_join");
    send("1", "2", "lobby", "echo");
    send("1", "3", "lobby", "phx_leave");
    slow.open();
    await turn();
    expect(arrived()).toEqual([
      `1 1 lobby ${reply("error", { reason: "full" })}`,
      ` 2 lobby ${reply("error", { reason: "unmatched topic" })}`,
      `1 3 lobby ${reply("ok", {})}`,
    ]);
  });

  it("a connection that closes during a join leaves nothing behind", async () => {
    const slow = gate();
    const terminated = record("channel.terminated");
    const channel = defineChannel("lobby").join(async (ctx) => {
      ctx.subscribe("news");
      ctx.sendAfter("later", 60_000);
      await slow.promise;
      return ok();
    });
    const { send, connection, process, endpoint, arrived } = connect(
      defineSocket({ ...connectAll, channels: [channel] }),
    );
    send("1", "1", "lobby", "phx_join");
    connection.close(1000, "");
    slow.open();
    await turn();
    expect(process.channels).toBe(0);
    expect(endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
    expect([arrived(), terminated]).toEqual([[], []]);
  });
});

describe("a second join of a topic", () => {
  const log: string[] = [];
  const channel = defineChannel("lobby")
    .join((_ctx, params) => ((params as { ok?: boolean }).ok === false ? refuse() : ok()))
    .handleIn("echo", (_ctx, payload) => ok(payload))
    .terminate((_ctx, reason) => {
      log.push(reason);
    });
  const socket = defineSocket({ ...connectAll, channels: [channel] });

  it("replaces the first: its reply comes first, then phx_close of the old one", async () => {
    const { send, arrived, endpoint } = connect(socket);
    send("1", "1", "lobby", "phx_join");
    arrived();
    send("2", "2", "lobby", "phx_join");
    expect(arrived()).toEqual([`2 2 lobby ${reply("ok", {})}`, "1 1 lobby phx_close {}"]);
    expect(log.splice(0)).toEqual(["duplicate_join"]);
    expect(endpoint.pubsub.size.subscriptions).toBe(1);
    send("1", "3", "lobby", "echo", { old: true });
    send("2", "4", "lobby", "echo", { new: true });
    await turn();
    expect(arrived()).toEqual([`2 4 lobby ${reply("ok", { new: true })}`]);
  });

  it("ends the first also when it is refused", () => {
    const { send, arrived, process } = connect(socket);
    send("1", "1", "lobby", "phx_join");
    arrived();
    send("2", "2", "lobby", "phx_join", { ok: false });
    expect(arrived()).toEqual([`2 2 lobby ${reply("error", {})}`, "1 1 lobby phx_close {}"]);
    expect(process.channels).toBe(0);
    expect(log.splice(0)).toEqual(["duplicate_join"]);
  });
});

describe("the client's channels", () => {
  it("are limited; leaving makes room", async () => {
    const tooMany = record("channel.too_many");
    const room = defineChannel("room:*").join(() => ok());
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [room], maxChannels: 2 }));
    for (const n of ["1", "2", "3"]) send(n, n, `room:${n}`, "phx_join");
    expect(arrived()[2]).toBe(`3 3 room:3 ${reply("error", { reason: "too many channels joined" })}`);
    expect(tooMany).toMatchObject([{ topic: "room:3", limit: 2 }]);
    send("4", "4", "room:2", "phx_join");
    expect(arrived()[0]).toBe(`4 4 room:2 ${reply("ok", {})}`);
    send("1", "5", "room:1", "phx_leave");
    await turn();
    send("6", "6", "room:3", "phx_join");
    expect(arrived().at(-1)).toBe(`6 6 room:3 ${reply("ok", {})}`);
  });

  it("have assigns of their own, on top of those of connect and route", async () => {
    const room = defineChannel("room:{id}")
      .assigns<{ from: string; extra?: string; mine?: number }>()
      .join((ctx) => ok(ctx.assigns))
      .handleIn("set", (ctx, payload) => {
        const before = ctx.assigns;
        ctx.assign({ mine: (payload as { n: number }).n });
        return ok({ before: before.mine ?? null, after: ctx.assigns.mine });
      })
      .handleIn("get", (ctx) => ok(ctx.assigns));
    const connectWith = () => ok({ from: "connect" });
    const desk = routeChannel("desk:{id}", room, { assigns: { from: "route", extra: "desk" } });
    const { send, arrived } = connect(defineSocket({ connect: connectWith, channels: [room, desk] }));
    for (const topic of ["room:1", "room:2", "desk:1"]) send("1", "1", topic, "phx_join");
    const shared = { n: 0 };
    expect(arrived()).toEqual([
      `1 1 room:1 ${reply("ok", { from: "connect", shared })}`,
      `1 1 room:2 ${reply("ok", { from: "connect", shared })}`,
      `1 1 desk:1 ${reply("ok", { from: "route", shared, extra: "desk" })}`,
    ]);
    send("1", "2", "room:1", "set", { n: 7 });
    send("1", "3", "room:1", "get");
    send("1", "4", "room:2", "get");
    await turn();
    expect(arrived()).toEqual([
      `1 2 room:1 ${reply("ok", { before: null, after: 7 })}`,
      `1 3 room:1 ${reply("ok", { from: "connect", shared, mine: 7 })}`,
      `1 4 room:2 ${reply("ok", { from: "connect", shared })}`,
    ]);
  });

  it("go to the first route that takes the topic", () => {
    const named = (pattern: string) => defineChannel(pattern).join(() => ok({ pattern }));
    const channels = ["room:lobby", "room:{id}", "room:*", "*"].map(named);
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels }));
    for (const topic of ["room:lobby", "room:1", "room:", "other"]) send("1", "1", topic, "phx_join");
    const patterns = arrived().map(
      (line) => (JSON.parse(line.slice(line.indexOf("{"))) as { response: object }).response,
    );
    expect(patterns).toEqual(["room:lobby", "room:{id}", "room:*", "*"].map((pattern) => ({ pattern })));
  });
});

describe("the end of a connection", () => {
  const reasons: string[] = [];
  const channel = defineChannel("lobby")
    .join(() => ok())
    .handleIn("work", () => new Promise<void>(() => {}))
    .handleIn("echo", () => ok())
    .terminate((ctx, reason, detail) => {
      reasons.push(reason);
      ctx.push("bye", { detail });
    });
  const socket = defineSocket({ ...connectAll, channels: [channel], maxMailboxMessages: 1 });

  it("by the client: terminate is told closed, and nothing is sent any more", async () => {
    const closed = record("socket.closed");
    const { send, arrived, connection, process, endpoint } = connect(socket);
    send("1", "1", "lobby", "phx_join");
    arrived();
    connection.close(1001, "going away");
    await turn();
    expect(reasons.splice(0)).toEqual(["closed"]);
    expect([arrived(), process.channels, endpoint.pubsub.size.topics]).toEqual([[], 0, 0]);
    expect(closed).toMatchObject([{ code: 1001, reason: "going away" }]);
  });

  it("by a disconnect on its id: all connections of the id, no others", () => {
    const endpoint = endpointOf(socket);
    const [one, two, other] = ["user:1", "user:1", "user:2"].map((id) => connect(socket, endpoint, id));
    one?.send("1", "1", "lobby", "phx_join");
    endpoint.broadcast("user:1", "something else", {});
    expect([one?.closed, two?.closed]).toEqual([[], []]);
    endpoint.broadcast("user:1", "disconnect", {});
    const goingAway = [{ code: 1001, reason: "disconnected by the server" }];
    expect([one?.closed, two?.closed, other?.closed]).toEqual([goingAway, goingAway, []]);
    expect(reasons.splice(0)).toEqual(["disconnected"]);
    expect(endpoint.pubsub.size).toEqual({ topics: 1, subscriptions: 1 });
  });

  it("by a shutdown, also with a busy and full channel", async () => {
    const { send, process, closed, arrived } = connect(socket);
    send("1", "1", "lobby", "phx_join");
    for (const ref of ["2", "3", "4"]) send("1", ref, "lobby", "work");
    await turn();
    arrived();
    process.shutdown("shutdown", 1012, "server is restarting");
    expect(closed).toEqual([{ code: 1012, reason: "server is restarting" }]);
    expect(process.channels).toBe(0);
    expect(reasons.splice(0)).toEqual([]);
  });

  it("by a leave: terminate gets its payload, pushes of terminate come before phx_close", async () => {
    const { send, arrived } = connect(socket);
    send("1", "1", "lobby", "phx_join");
    arrived();
    send("1", "2", "lobby", "phx_leave", { why: "bored" });
    await turn();
    expect(arrived()).toEqual([
      `1 2 lobby ${reply("ok", {})}`,
      '1  lobby bye {"detail":{"why":"bored"}}',
      "1 1 lobby phx_close {}",
    ]);
    expect(reasons.splice(0)).toEqual(["left"]);
  });

  it.each([
    ["no JSON", "{"],
    ["no array", "{}"],
    ["too short an array", '["1","1","lobby"]'],
  ])("by a frame that is %s: 1011", (_what, frame) => {
    const bad = record("socket.bad_frame");
    const { connection, closed } = connect(socket);
    connection.receive(frame);
    expect(closed).toEqual([{ code: 1011, reason: bad[0]?.reason }]);
  });
});

describe("messages that no channel takes", () => {
  it("get unmatched topic; a leave gets ok; a message without join_ref is taken for the present join", async () => {
    const unmatched = record("channel.unmatched");
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [lobby.handleIn("echo", () => ok())] }));
    send(null, "1", "lobby", "echo");
    send("9", "2", "nowhere", "phx_join");
    send("9", "3", "lobby", "phx_leave");
    send("4", "4", "lobby", "phx_join");
    send(null, "5", "lobby", "echo");
    send("3", "6", "lobby", "echo");
    await turn();
    expect(arrived()).toEqual([
      ` 1 lobby ${reply("error", { reason: "unmatched topic" })}`,
      ` 2 nowhere ${reply("error", { reason: "unmatched topic" })}`,
      `9 3 lobby ${reply("ok", {})}`,
      `4 4 lobby ${reply("ok", {})}`,
      `4 5 lobby ${reply("ok", {})}`,
    ]);
    expect(unmatched.map(({ topic, event }) => `${topic} ${event}`)).toEqual(["lobby echo", "nowhere phx_join"]);
  });

  it("socketRef needs a ref of the client's", async () => {
    const crashed = record("channel.crashed");
    const channel = lobby.handleIn("do", (ctx) => ctx.socketRef());
    const { send } = connect(defineSocket({ ...connectAll, channels: [channel] }));
    send("1", "1", "lobby", "phx_join");
    send("1", null, "lobby", "do");
    await turn();
    expect(crashed).toMatchObject([{ callback: "handleIn", event: "do", error: { code: "WB_NO_REF" } }]);
  });
});

describe("rates", () => {
  // No time passes: nobody earns a permission while the machine is away.
  beforeEach(() => void vi.spyOn(performance, "now").mockReturnValue(0));

  const limited = (ref: string, joinRef = "1") =>
    expect.stringMatching(
      new RegExp(`^${joinRef} ${ref} lobby phx_reply .*"error".*"reason":"rate limited","retry_after_ms":\\d+`),
    );

  it("messages beyond the rate are refused one by one; a leave and the channel live", async () => {
    const refused = record("socket.rate_limited");
    const channel = lobby.handleIn("echo", () => ok());
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [channel], eventsPerSecond: 2 }));
    send("1", "1", "lobby", "phx_join");
    for (const ref of ["2", "3", "4", "5"]) send("1", ref, "lobby", "echo");
    send("1", "6", "lobby", "phx_leave");
    await turn();
    expect(arrived()).toEqual([
      `1 1 lobby ${reply("ok", {})}`,
      limited("5"),
      ...["2", "3", "4", "6"].map((ref) => `1 ${ref} lobby ${reply("ok", {})}`),
      "1 1 lobby phx_close {}",
    ]);
    expect(refused).toMatchObject([{ limit: "eventsPerSecond", perSecond: 2, event: "echo", closing: false }]);
  });

  it("joins have a rate of their own", async () => {
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [lobby], joinsPerSecond: 1 }));
    for (const ref of ["1", "2", "3"]) send(ref, ref, "lobby", "phx_join");
    expect(arrived()).toContainEqual(limited("3", "3"));
    send("2", "4", "lobby", "phx_leave");
    await turn();
    expect(arrived()).toContain(`2 4 lobby ${reply("ok", {})}`);
  });

  it("who goes on at twice the rate is closed with 1008; channels hear of it", async () => {
    const refused = record("socket.rate_limited");
    const ended: string[] = [];
    const channel = lobby.terminate((_ctx, reason) => void ended.push(reason));
    const { send, closed } = connect(defineSocket({ ...connectAll, channels: [channel], eventsPerSecond: 5 }));
    send("1", "1", "lobby", "phx_join");
    for (let ref = 2; ref <= 21; ref++) send("1", String(ref), "lobby", "echo");
    await turn();
    expect(closed).toEqual([{ code: 1008, reason: "rate limited" }]);
    expect(ended).toEqual(["closed"]);
    expect(refused.map(({ closing }) => closing).indexOf(true)).toBe(10);
  });

  it("channels may have a rate of their own, each by itself", async () => {
    const channel = defineChannel("room:*")
      .join(() => ok())
      .handleIn("echo", () => ok());
    const { send, arrived } = connect(defineSocket({ ...connectAll, channels: [channel], channelEventsPerSecond: 1 }));
    for (const topic of ["room:1", "room:2"]) {
      send("1", "1", topic, "phx_join");
      for (const ref of ["2", "3", "4"]) send("1", ref, topic, "echo");
    }
    await turn();
    const refused = arrived().filter((line) => line.includes("rate limited"));
    expect(refused.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual(["1 4 room:1", "1 4 room:2"]);
  });

  it("must be numbers above 0", () => {
    for (const eventsPerSecond of [0, -1, Number.NaN, "5" as never]) {
      expect(() => defineSocket({ ...connectAll, channels: [lobby], eventsPerSecond })).toThrow(/eventsPerSecond/);
    }
  });
});

describe("a connection that ends", () => {
  it("lets its channels handle what it sent before, then they end", async () => {
    const log: string[] = [];
    const channel = lobby
      .handleIn("note", (_ctx, payload) => void log.push(`note ${JSON.stringify(payload)}`))
      .handleIn("slow", async () => {
        await turn();
        log.push("slow");
      })
      .terminate((_ctx, reason) => void log.push(reason));
    const { send, connection, endpoint } = connect(defineSocket({ ...connectAll, channels: [channel] }));
    send("1", "1", "lobby", "phx_join");
    send("1", "2", "lobby", "slow");
    send("1", "3", "lobby", "note", { n: 1 });
    send("1", "4", "lobby", "note", { n: 2 });
    connection.close(1006, "");
    expect(endpoint.pubsub.size.topics).toBe(0);
    await turn();
    await turn();
    expect(log).toEqual(["slow", 'note {"n":1}', 'note {"n":2}', "closed"]);
  });

  it("by a leave and a close in one go, is a leave", async () => {
    const ended: string[] = [];
    const channel = lobby.terminate((_ctx, reason) => void ended.push(reason));
    const { send, connection } = connect(defineSocket({ ...connectAll, channels: [channel] }));
    send("1", "1", "lobby", "phx_join");
    send("1", "2", "lobby", "phx_leave");
    connection.close(1000, "");
    await turn();
    expect(ended).toEqual(["left"]);
  });
});
