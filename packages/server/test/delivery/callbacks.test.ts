/* oxlint-disable unicorn/no-thenable -- that is what some of it is about */
/** What callbacks of a channel may return and throw: anything, and nobody but their channel notices. */
import { describe, expect, it } from "vitest";
import { defineChannel, ok, refuse } from "../../src/index.ts";
import { gate } from "../integration/inbox.ts";
import { observe } from "../integration/telemetry.ts";
import { Client, endpointOf, socketOf, turn } from "./client.ts";

const callbacks = ["join", "handleIn", "handleOut", "handleInfo", "afterJoin", "terminate", "onEnd", "schema"] as const;
type Callback = (typeof callbacks)[number];

/** A channel one of whose callbacks does something. Its client makes all of them run. */
function channelWith(callback: Callback, act: () => unknown) {
  const only = <T>(name: Callback, otherwise: T): T => (name === callback ? (act() as T) : otherwise);
  const schema = {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => only("schema", { value }),
    },
  };
  return defineChannel("room")
    .join((ctx) => {
      ctx.onEnd(() => only("onEnd", undefined));
      return only("join", ok());
    })
    .handleIn("in", () => only("handleIn", undefined))
    .handleIn("out", (ctx) => ctx.broadcast("intercepted", {}))
    .handleIn("info", (ctx) => ctx.send("info"))
    .handleIn("task", (ctx) => ctx.afterJoin(() => only("afterJoin", undefined)))
    .handleIn("schema", schema, () => {})
    .handleOut("intercepted", () => only("handleOut", undefined))
    .handleInfo(() => only("handleInfo", undefined))
    .terminate(() => only("terminate", undefined));
}

const EVENTS = ["in", "out", "info", "task", "schema", "phx_leave"];

async function runAll(callback: Callback, act: () => unknown): Promise<string[]> {
  const socket = socketOf([channelWith(callback, act)]);
  const endpoint = endpointOf(socket, { logger: { sink: SILENT, level: "debug" } });
  const [client, other] = [new Client(endpoint, socket), new Client(endpoint, socketOf([plain]))];
  await other.join("room");
  client.send("room", "phx_join");
  await turn();
  for (const event of EVENTS) {
    client.send("room", event);
    await turn();
  }
  await turn();
  endpoint.broadcast("room", "still", { here: true });
  expect(other.told().at(-1)).toBe('still {"here":true}');
  expect(endpoint.pubsub.size).toEqual({ topics: 1, subscriptions: 1 });
  return client.told();
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const plain = defineChannel("room").join(() => ok());

const boom = new Error("told to");
const hostile = (): object =>
  new Proxy(
    {},
    {
      get() {
        throw boom;
      },
      getPrototypeOf() {
        throw boom;
      },
      has() {
        throw boom;
      },
    },
  );

const thrower = (what: unknown) => (): never => {
  throw what;
};

const THROWN: readonly (readonly [string, () => unknown])[] = [
  ["throws null", thrower(null)],
  ["throws undefined", thrower(undefined)],
  ["throws an object whose toString throws", thrower({ toString: thrower(boom), [Symbol.toPrimitive]: thrower(boom) })],
  ["throws a proxy that throws", thrower(hostile())],
  ["throws a revoked proxy", thrower(revoked())],
  ["rejects with null", () => Promise.reject(null)],
  ["rejects with a proxy that throws", () => Promise.reject(hostile())],
  ["returns a proxy that throws", hostile],
  ["returns a thenable whose then throws", () => ({ then: thrower(boom) })],
  [
    "returns a thenable whose then cannot be read",
    () => ({
      get then() {
        throw boom;
      },
    }),
  ],
  [
    "returns a thenable that calls both callbacks, and throws",
    () => ({
      then(_done: () => void, failed: (error: unknown) => void) {
        failed(boom);
        failed(boom);
        throw boom;
      },
    }),
  ],
  ["returns a promise whose constructor cannot be read", () => withHostileConstructor()],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function withHostileConstructor(): Promise<void> {
  const promise = Promise.resolve();
  Object.defineProperty(promise, "constructor", { get: thrower(boom) });
  return promise;
}

describe.each(callbacks)("%s", (callback) => {
  it.each(THROWN)("that %s harms its channel alone, with the logger on", async (_how, act) => {
    const told = await runAll(callback, act);
    expect(told.length).toBeGreaterThan(0);
  });
});

describe("a lazy thenable", () => {
  /** Does its work when `then` is called, as a query builder does. */
  const lazy = (result: unknown, log: string[], name: string): PromiseLike<never> => ({
    then(...given) {
      log.push(name);
      return Promise.resolve(result as never).then(...given);
    },
  });

  it.each(callbacks.filter((name) => name !== "schema"))(
    "of %s is run once, and its result counts",
    async (callback) => {
      const log: string[] = [];
      const told = await runAll(callback, () =>
        lazy(callback === "join" ? ok({ lazy: true }) : undefined, log, callback),
      );
      expect(log).toEqual([callback]);
      expect(told[0]).toBe(callback === "join" ? 'ok {"lazy":true}' : "ok {}");
      expect(told.at(-1)).toBe("phx_close {}");
    },
  );

  it("may be a function", async () => {
    const thenable = Object.assign(() => {}, { then: (done: (value: unknown) => void) => done(refuse({ no: 1 })) });
    expect((await runAll("join", () => thenable))[0]).toBe('error {"no":1}');
  });
});

it("an async afterJoin outside of join is waited for by later messages", async () => {
  const { passed, open } = gate();
  const log: string[] = [];
  const channel = defineChannel("room")
    .join(() => ok())
    .handleIn("task", (ctx) => {
      ctx.afterJoin(async () => {
        log.push("begins");
        await passed;
        log.push("ends");
      });
      return ok({ began: true });
    })
    .handleIn("next", () => void log.push("next"))
    .handleInfo(() => void log.push("info"))
    .terminate(() => void log.push("terminate"));
  const socket = socketOf([channel]);
  const client = new Client(endpointOf(socket), socket);
  await client.join("room");
  client.send("room", "task");
  client.send("room", "next");
  await turn();
  client.send("room", "phx_leave");
  await turn();
  expect(client.told()).toEqual(['ok {"began":true}']);
  expect(log).toEqual(["begins"]);
  open();
  await turn();
  expect(log).toEqual(["begins", "ends", "next", "terminate"]);
});

describe("a callback that does not settle", () => {
  const never = new Promise<never>(() => {});

  it.each(["join", "handleIn", "handleOut", "handleInfo", "terminate"] as const)(
    "%s is reported, once",
    async (callback) => {
      const slow = observe("channel.slow_callback");
      const channel = channelWith(callback, () => never);
      const socket = socketOf([channel], { slowCallback: 20 });
      const client = new Client(endpointOf(socket), socket);
      client.send("room", "phx_join");
      await turn();
      const event = { handleIn: "in", handleOut: "out", handleInfo: "info", terminate: "phx_leave", join: "none" }[
        callback
      ];
      client.send("room", event);
      const report = await slow.next();
      expect(report).toMatchObject({ topic: "room", pattern: "room", callback });
      expect(report.duration).toBeGreaterThanOrEqual(20);
      expect(slow.rest).toEqual([]);
    },
  );

  it("is given up when the connection is gone: what waits for it is dropped", async () => {
    const slow = observe("channel.slow_callback");
    const ended: string[] = [];
    const handled: unknown[] = [];
    let settle = (): void => {};
    const room = defineChannel("room")
      .join((ctx) => {
        ctx.onEnd((reason) => void ended.push(reason));
        return ok();
      })
      .handleIn("work", (_ctx, payload) => {
        handled.push((payload as { n: number }).n);
        return new Promise<void>((resolve) => (settle = resolve));
      });
    const socket = socketOf([room], { slowCallback: 20 });
    const endpoint = endpointOf(socket);
    const [early, late] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    for (const client of [early, late]) {
      await client.join("room");
      for (let n = 0; n < 3; n++) client.send("room", "work", { n });
    }
    await turn();
    early.connection.close(1000, "");
    await turn();
    expect(ended).toEqual([]);
    await slow.next();
    await slow.next();
    expect(ended).toEqual(["closed"]);
    late.connection.close(1000, "");
    expect(ended).toEqual(["closed", "closed"]);
    settle();
    await turn();
    expect(handled).toEqual([0, 0]);
  });

  it("is not reported when it has settled in time, or when slowCallback is Infinity", async () => {
    const slow = observe("channel.slow_callback");
    const settles = socketOf([channelWith("handleIn", () => turn())], { slowCallback: 500 });
    const silent = socketOf([channelWith("handleIn", () => never)], { slowCallback: Infinity });
    const reported = socketOf([channelWith("handleInfo", () => never)], { slowCallback: 1 });
    for (const socket of [settles, silent, reported]) {
      const client = new Client(endpointOf(socket), socket);
      await client.join("room");
      client.send("room", socket === reported ? "info" : "in");
    }
    expect((await slow.next()).callback).toBe("handleInfo");
    expect(slow.rest).toEqual([]);
  });
});
