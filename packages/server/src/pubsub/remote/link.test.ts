import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Hub } from "../../../test/pubsub/hub.ts";
import { attach } from "../../telemetry/attach.ts";
import type { Engine, Parcel } from "./engine.ts";
import { Link, PING } from "./link.ts";
import type { LinkOptions } from "./link.ts";

let hub: Hub;
let events: [name: string, data: object][];
const detach: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  hub = new Hub();
  events = [];
  for (const name of ["pubsub.adapter_up", "pubsub.adapter_down", "pubsub.lost"] as const) {
    detach.push(attach(name, (data) => events.push([name, data])));
  }
});

afterEach(() => {
  for (const stop of detach.splice(0)) stop();
  vi.useRealTimers();
});

const link = (options: Partial<LinkOptions> = {}, engine: Engine = hub.engine()): Link =>
  new Link(engine, {
    nodeName: "a",
    maxQueuedBytes: 100,
    heartbeat: 10_000,
    receive() {},
    cut: (bytes) => [bytes],
    ...options,
  });

const parcel = (text: string): Parcel => ({ node: undefined, stream: 0, bytes: Buffer.from(text) });
const isPing = ({ bytes }: Parcel): boolean => bytes[0] === PING;
const sent = (): string[] =>
  hub.sent.flatMap((batch) => batch.filter((one) => !isPing(one)).map(({ bytes }) => bytes.toString()));
const turn = () => vi.advanceTimersByTimeAsync(0);

describe("a link", () => {
  it("is up when what it sent has come back", async () => {
    const one = link();
    expect(one.status).toMatchObject({ adapter: "hub", state: "down", reason: "not started", queued: 0 });
    const starting = one.start();
    expect(one.status).toMatchObject({ state: "down", reason: "connecting" });
    await starting;
    expect(one.status).toEqual({ adapter: "hub", state: "up", since: Date.now(), queued: 0, lost: 0, missed: 0 });
    expect(events).toEqual([["pubsub.adapter_up", { adapter: "hub", nodeName: "a", duration: 0 }]]);
    await one.stop();
    expect(one.status).toMatchObject({ state: "down", reason: "stopped" });
    expect(hub.connections).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says what may be wrong when nothing comes back, and tries again", async () => {
    hub.isDeaf = true;
    const one = link();
    const starting = one.start();
    await vi.advanceTimersByTimeAsync(5_000);
    await starting;
    const reason = "connected, but messages to itself did not come back (is it deaf?) within 5000 ms";
    expect(one.status).toMatchObject({ state: "down", reason });
    expect(events).toMatchObject([["pubsub.adapter_down", { adapter: "hub", nodeName: "a", reason }]]);
    hub.isDeaf = false;
    await vi.advanceTimersByTimeAsync(100);
    expect(one.status.state).toBe("up");
    await one.stop();
  });

  it("gives up an engine that never becomes ready, or cannot be connected at all", async () => {
    const closed: string[] = [];
    const never = hub.engine({
      connect: () => ({
        ready: new Promise(() => {}),
        maxBytes: 1,
        send: () => Promise.resolve(),
        close: () => closed.push("closed"),
      }),
    });
    const one = link({}, never);
    const starting = one.start();
    await vi.advanceTimersByTimeAsync(5_000);
    await starting;
    expect(one.status.reason).toBe("no answer within 5000 ms");
    expect(closed).toEqual(["closed"]);
    await one.stop();

    const throwing = link(
      {},
      hub.engine({
        connect() {
          throw new Error("bad address");
        },
      }),
    );
    await throwing.start();
    expect(throwing.status.reason).toBe("bad address");
    await throwing.stop();
  });

  it("closes a connection that reports its loss while it is still being made", async () => {
    let closed = 0;
    const hasty = hub.engine({
      connect: (_nodeName, { lost }) => {
        lost(new Error("at once"));
        return { ready: new Promise(() => {}), maxBytes: 1, send: () => Promise.resolve(), close: () => closed++ };
      },
    });
    const one = link({}, hasty);
    await one.start();
    await turn();
    expect([one.status.reason, closed]).toEqual(["at once", 1]);
    await one.stop();
  });

  it("tries again after 100 ms, then twice as long each time, up to a second", async () => {
    hub.stop();
    const one = link();
    const began = Date.now();
    await one.start();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(hub.tries.map((at) => at - began)).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500]);
    expect(events).toMatchObject([["pubsub.adapter_down", { reason: "the hub is away", error: hub.error }]]);
    hub.error = new Error("wrong password");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(events[1]).toMatchObject(["pubsub.adapter_down", { reason: "wrong password" }]);
    await one.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says why in words: of several addresses, and of errors without a message", async () => {
    const reasons: (string | undefined)[] = [];
    for (const error of [
      new AggregateError([new Error("refused by ::1"), new Error("refused by 127.0.0.1")]),
      Object.assign(new Error(), { code: "ECONNREFUSED" }),
      "just text",
    ]) {
      hub.error = error;
      hub.stop();
      const one = link();
      await one.start();
      reasons.push(one.status.reason);
      await one.stop();
    }
    expect(reasons).toEqual(["refused by ::1", "ECONNREFUSED", "just text"]);
  });

  it("notices silence: two heartbeats without an answer", async () => {
    const one = link({ heartbeat: 1_000 });
    await one.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.status.state).toBe("up");
    hub.isDeaf = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(one.status.state).toBe("up");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.status).toMatchObject({ state: "down", reason: "the engine is connected but delivers nothing" });
    await one.stop();
  });

  it("takes a heartbeat that is refused as the end", async () => {
    const one = link({ heartbeat: 1_000 });
    await one.start();
    hub.error = new Error("no permission");
    hub.refuses = isPing;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.status).toMatchObject({ state: "down", reason: "no permission" });
    await one.stop();
  });

  it("is not up because of what it sent over an earlier connection", async () => {
    hub.isDeaf = true;
    const one = link();
    const starting = one.start();
    hub.inject(Uint8Array.of(PING, 0));
    expect(one.status.state).toBe("down");
    hub.inject(Uint8Array.of(PING, 1));
    await starting;
    expect(one.status.state).toBe("up");
    await one.stop();
  });

  it("ignores what a connection says that it has given up", async () => {
    const received: string[] = [];
    const told: { receive(bytes: Uint8Array): void; lost(error: unknown): void }[] = [];
    const engine = hub.engine();
    const one = link(
      { receive: (bytes) => received.push(bytes.toString()) },
      {
        ...engine,
        connect: (nodeName, its) => {
          told.push(its);
          return engine.connect(nodeName, its);
        },
      },
    );
    await one.start();
    hub.stop();
    hub.start();
    await vi.advanceTimersByTimeAsync(100);
    told[0]?.receive(Buffer.from("old"));
    told[0]?.lost(new Error("old"));
    told[1]?.receive(new Uint8Array(Buffer.from("new")));
    expect(received).toEqual(["new"]);
    expect(one.status.state).toBe("up");
    await one.stop();
    told[1]?.receive(Buffer.from("late"));
    expect(received).toEqual(["new"]);
  });
});

describe("what a link sends", () => {
  it("in one turn goes together", async () => {
    const one = link();
    await one.start();
    for (const text of ["1", "2", "3"]) one.send(parcel(text));
    await turn();
    one.send(parcel("4"));
    await turn();
    expect(hub.sent.filter((batch) => !batch.some(isPing)).map((batch) => batch.length)).toEqual([3, 1]);
    expect(sent()).toEqual(["1", "2", "3", "4"]);
    await one.stop();
  });

  it("goes at once when it is much, and not at the end of a turn that fills the queue", async () => {
    const one = link({ maxQueuedBytes: 3_000_000 });
    await one.start();
    for (let number = 0; number < 4; number++) one.send(parcel("x".repeat(1_048_576)));
    expect(one.status).toMatchObject({ queued: 2, lost: 0 });
    await one.stop();
    expect(sent()).toHaveLength(4);
  });

  it("waits while as much is under way as the engine takes", async () => {
    const one = link({}, hub.engine({ parallel: 1 }));
    await one.start();
    hub.isSilent = true;
    one.send(parcel("1"));
    await turn();
    one.send(parcel("2"));
    await turn();
    expect(sent()).toEqual(["1"]);
    expect(one.status.queued).toBe(1);
    const stopping = one.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    await stopping;
    expect(one.status).toMatchObject({ queued: 0, lost: 2 });
    expect(events.slice(1)).toEqual([
      ["pubsub.lost", { adapter: "hub", nodeName: "a", count: 1, reason: "not confirmed" }],
      ["pubsub.lost", { adapter: "hub", nodeName: "a", count: 1, reason: "stopped" }],
    ]);
  });

  it("before it is up waits, and is sent then", async () => {
    const one = link();
    one.send(parcel("early"));
    expect(one.status.queued).toBe(1);
    await one.start();
    await turn();
    expect(sent()).toEqual(["early"]);
    await one.stop();
  });

  it("while the engine is away waits until other nodes have had time to come back too", async () => {
    const one = link();
    await one.start();
    hub.stop();
    one.send(parcel("1"));
    await vi.advanceTimersByTimeAsync(300);
    hub.start();
    await vi.advanceTimersByTimeAsync(400);
    expect(one.status).toMatchObject({ state: "up", queued: 1 });
    one.send(parcel("2"));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(sent()).toEqual(["1", "2"]);
    await one.stop();
    expect(one.status.lost).toBe(0);
  });

  it("and what still waits then is sent before it stops", async () => {
    hub.stop();
    const one = link();
    await one.start();
    one.send(parcel("1"));
    hub.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(one.status).toMatchObject({ state: "up", queued: 1 });
    await one.stop();
    expect(sent()).toEqual(["1"]);
    expect(one.status.lost).toBe(0);
    one.send(parcel("too late"));
    expect(one.status.queued).toBe(0);
  });

  it("is dropped when too much waits, the oldest first, and told as a number", async () => {
    hub.stop();
    const one = link({ maxQueuedBytes: 10 });
    await one.start();
    for (let number = 10; number < 99; number++) one.send(parcel(String(number)));
    one.send(parcel("more than ten bytes"));
    expect(one.status).toMatchObject({ queued: 5, lost: 85 });
    await vi.advanceTimersByTimeAsync(200);
    expect(events.slice(1)).toEqual([
      ["pubsub.lost", { adapter: "hub", nodeName: "a", count: 84, reason: "queue full" }],
      ["pubsub.lost", { adapter: "hub", nodeName: "a", count: 1, reason: "too large" }],
    ]);
    hub.start();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(sent()).toEqual(["94", "95", "96", "97", "98"]);
    await one.stop();
  });

  it("is not sent again when the engine did not confirm it", async () => {
    const one = link();
    await one.start();
    hub.error = new Error("out of memory");
    hub.refuses = ({ bytes }) => bytes.toString() === "refused";
    one.send(parcel("refused"));
    await turn();
    one.send(parcel("fine"));
    await vi.advanceTimersByTimeAsync(200);
    hub.isSilent = true;
    one.send(parcel("unconfirmed"));
    await turn();
    hub.stop();
    await vi.advanceTimersByTimeAsync(200);
    hub.start();
    hub.isSilent = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent()).toEqual(["refused", "fine", "unconfirmed"]);
    expect(one.status).toMatchObject({ state: "up", queued: 0, lost: 2 });
    expect(events.filter(([name]) => name === "pubsub.lost").map(([, data]) => data)).toEqual([
      { adapter: "hub", nodeName: "a", count: 1, reason: "not confirmed", error: hub.error },
      { adapter: "hub", nodeName: "a", count: 1, reason: "not confirmed", error: hub.error },
    ]);
    await one.stop();
  });

  it("is cut to what the engine takes", async () => {
    const one = link(
      { cut: (bytes, max) => (bytes.length > max ? [bytes.subarray(0, 2), bytes.subarray(2)] : [bytes]) },
      hub.engine({ maxBytes: 3 }),
    );
    await one.start();
    one.send(parcel("1234"));
    one.send(parcel("5"));
    await turn();
    expect(sent()).toEqual(["12", "34", "5"]);
    await one.stop();
  });
});
