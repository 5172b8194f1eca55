import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Hub as EngineHub } from "../test/pubsub/hub.ts";
import { BroadcastError, WingbeatError } from "./errors.ts";
import { engineAdapter } from "./pubsub/remote/engine-adapter.ts";
import type { EngineOptions } from "./pubsub/remote/engine-adapter.ts";
import { localAdapter, PubSub } from "./pubsub.ts";
import type { AdapterStatus, DeliverLocally, PubSubAdapter, PubSubMessage } from "./pubsub.ts";
import { attach } from "./telemetry/attach.ts";
import { pubsubSuite } from "./testing/pubsub-suite.ts";
import type { EngineControl } from "./testing/pubsub-suite.ts";

/** Nodes in one process: messages are copied, and arrive in a later turn. */
class Hub {
  readonly #nodes = new Map<string, DeliverLocally>();

  adapter(nodeName: string = randomUUID()): PubSubAdapter {
    return {
      nodeName,
      start: (deliver) => void this.#nodes.set(nodeName, deliver),
      broadcast: (message) =>
        this.send(
          [...this.#nodes.keys()].filter((name) => name !== nodeName),
          message,
        ),
      directBroadcast: (name, message) => this.send([name], message),
      stop: () => void this.#nodes.delete(nodeName),
    };
  }

  protected send(names: readonly string[], message: PubSubMessage): void {
    const copy = structuredClone(message);
    setImmediate(() => this.deliver(names, copy));
  }

  protected deliver(names: readonly string[], message: PubSubMessage): void {
    for (const name of names) this.#nodes.get(name)?.(message);
  }
}

const hubOf = (hub: Hub) => (count: number) => Array.from({ length: count }, () => hub.adapter());

pubsubSuite({ name: "the local adapter", describe, it, adapters: () => [localAdapter()] });
pubsubSuite({
  name: "nodes in one process",
  describe,
  it,
  adapters: (count) => hubOf(new Hub())(count),
  capabilities: { severalNodes: true },
});

/** Runs the suite, or with an engine its tests of outages, and gives the titles of the tests that fail. */
async function failures(
  adapters: (count: number) => readonly PubSubAdapter[],
  severalNodes: boolean,
  engine?: EngineControl,
): Promise<string[]> {
  const tests: { title: string; test: () => Promise<void> }[] = [];
  pubsubSuite({
    name: "broken",
    describe: (title, body) => (engine === undefined || title.includes("outages")) && body(),
    it: (title, test) => tests.push({ title, test }),
    adapters,
    capabilities: { severalNodes, ...(engine === undefined ? {} : { engine }) },
    timeout: 50,
  });
  const failed: string[] = [];
  // An engine is not as it was after a test that failed.
  const tries = engine === undefined ? 3 : 1;
  for (const { title, test } of tests) if (!(await passes(test, tries))) failed.push(title);
  return failed;
}

/** A test with little patience also fails when the machine was away; then it passes the next time. */
async function passes(test: () => Promise<void>, tries: number): Promise<boolean> {
  for (let one = 0; one < tries; one++) {
    const hasPassed = await test().then(
      () => true,
      () => false,
    );
    if (hasPassed) return true;
  }
  return false;
}

/** A local adapter with some of its methods replaced. */
function brokenLocally(
  change: (deliver: DeliverLocally, nodeName: string) => Partial<PubSubAdapter>,
): () => PubSubAdapter[] {
  return () => {
    let deliver: DeliverLocally = () => {};
    const good = localAdapter();
    const start = (deliverLocally: DeliverLocally): void => {
      deliver = deliverLocally;
      void good.start(deliverLocally);
    };
    return [{ ...good, start, ...change((message) => deliver(message), good.nodeName) }];
  };
}

describe("the suite finds an adapter that", () => {
  it("is right: none of its tests fails", async () => {
    expect(await failures(() => [localAdapter()], false)).toEqual([]);
    expect(await failures((count) => hubOf(new Hub())(count), true)).toEqual([]);
  });

  it("echoes broadcasts to their own node", async () => {
    const found = await failures(
      brokenLocally((deliver) => ({ broadcast: deliver })),
      false,
    );
    expect(found).toContain("broadcast reaches every subscriber of the topic once");
    expect(found).toContain("broadcastFrom leaves out all subscriptions of the sender, and nobody else");
  });

  it("echoes them to their own node a turn later, between several nodes", async () => {
    class EchoHub extends Hub {
      override adapter(): PubSubAdapter {
        const good = super.adapter();
        return {
          ...good,
          broadcast: (message) => {
            good.broadcast(message);
            good.directBroadcast(good.nodeName, message);
          },
        };
      }
    }
    const found = await failures((count) => hubOf(new EchoHub())(count), true);
    expect(found).toContain("broadcast reaches each node once, the sender's own too");
    expect(found).toContain("broadcast reaches every subscriber of the topic once");
  });

  it("reorders messages", async () => {
    class ReorderingHub extends Hub {
      #late: (() => void) | undefined = undefined;

      protected override deliver(names: readonly string[], message: PubSubMessage): void {
        const deliver = (): void => super.deliver(names, message);
        if (message.message === 7) this.#late = deliver;
        else {
          deliver();
          if (message.message === 8) this.#late?.();
        }
      }
    }
    expect(await failures((count) => hubOf(new ReorderingHub())(count), true)).toEqual([
      "messages arrive in the order in which they were sent",
      "messages of one node arrive in the order in which it sent them",
      "broadcasts and direct messages of one node arrive in the order in which it sent them",
    ]);
  });

  it("lets direct messages overtake broadcasts", async () => {
    class OvertakingHub extends Hub {
      protected override deliver(names: readonly string[], message: PubSubMessage): void {
        if (names.length === 1) super.deliver(names, message);
        else setImmediate(() => super.deliver(names, message));
      }
    }
    expect(await failures((count) => hubOf(new OvertakingHub())(count), true)).toContain(
      "broadcasts and direct messages of one node arrive in the order in which it sent them",
    );
  });

  it("turns bytes into something else", async () => {
    class JsonHub extends Hub {
      protected override send(names: readonly string[], message: PubSubMessage): void {
        const json = JSON.stringify(message, (_key, value) =>
          value instanceof Uint8Array ? "bytes" : (value as unknown),
        );
        super.send(names, JSON.parse(json) as PubSubMessage);
      }
    }
    const found = await failures((count) => hubOf(new JsonHub())(count), true);
    expect(found).toContain("carries bytes to another node");
    expect(found).toContain("carries bytes inside of objects and lists to another node");
    expect(found).not.toContain("carries Unicode to another node");
  });

  it("does not know its own name in directBroadcast, or throws for a name it does not know", async () => {
    const deaf = await failures(
      brokenLocally(() => ({ directBroadcast() {} })),
      false,
    );
    expect(deaf).toContain("directBroadcast to the own node delivers once");
    const strict = brokenLocally((deliver, nodeName) => ({
      directBroadcast(name, message) {
        if (name !== nodeName) throw new Error(`no node ${name}`);
        deliver(message);
      },
    }));
    expect(await failures(strict, false)).toEqual([
      "directBroadcast to an unknown node reaches nobody and is no error",
    ]);
  });

  it("sends direct messages to everybody, or loses the dispatcher", async () => {
    class ShoutingHub extends Hub {
      override adapter(): PubSubAdapter {
        const good = super.adapter();
        return { ...good, directBroadcast: (_name, message) => good.broadcast(message) };
      }
    }
    expect(await failures((count) => hubOf(new ShoutingHub())(count), true)).toContain(
      "directBroadcast reaches the named node only",
    );
    class ForgetfulHub extends Hub {
      protected override deliver(names: readonly string[], message: PubSubMessage): void {
        super.deliver(names, { ...message, dispatcher: "default" });
      }
    }
    expect(await failures((count) => hubOf(new ForgetfulHub())(count), true)).toContain(
      "a dispatcher of one's own delivers on every node, and knows a sender on its own node only",
    );
  });
});

describe("the suite finds an adapter that, when its engine is away,", () => {
  const RESTART = "reconnects to an engine that was restarted under load, and counts what was lost";
  const KEEP = "keeps what is sent while the engine is away, and sends it in order";
  const UNREACHABLE = "starts without an engine: serves its own node, and says why";

  /** The titles of the tests that fail for adapters with some of their methods replaced. */
  async function outageFailures(
    change: (good: PubSubAdapter) => Partial<PubSubAdapter>,
    options: EngineOptions = {},
  ): Promise<string[]> {
    const [hub, nobody] = [new EngineHub(), new EngineHub()];
    nobody.stop();
    const broken = (engine: EngineHub): PubSubAdapter => {
      const good = engineAdapter("test", engine.engine(), options);
      const methods = ["start", "broadcast", "directBroadcast", "status", "stop"] as const;
      const bound = Object.fromEntries(methods.map((name) => [name, good[name]?.bind(good)]));
      return { nodeName: good.nodeName, ...bound, ...change(good) } as PubSubAdapter;
    };
    return failures((count) => Array.from({ length: count }, () => broken(hub)), true, {
      stop: async () => hub.stop(),
      start: async () => hub.start(),
      unreachable: () => broken(nobody),
      patience: 2_500,
    });
  }

  const SMALL: EngineOptions = { maxQueuedBytes: 400 };

  it("is right: none of its tests fails", async () => {
    expect(await outageFailures(() => ({}))).toEqual([]);
  });

  it("hides what was lost", async () => {
    expect(await outageFailures(() => ({}), SMALL)).toEqual([KEEP]);
    const hiding = await outageFailures(
      (good) => ({ status: () => ({ ...(good.status?.() as AdapterStatus), missed: 0 }) }),
      SMALL,
    );
    expect(hiding).toEqual([RESTART, KEEP]);
  });

  it("throws a broadcast away, or refuses it", async () => {
    const isUp = (good: PubSubAdapter): boolean => good.status?.().state === "up";
    const forgets = await outageFailures((good) => ({
      broadcast: (message) => void (isUp(good) && good.broadcast(message)),
    }));
    expect(forgets).toEqual([RESTART, KEEP, "stops while the engine is away", UNREACHABLE]);
    const refuses = await outageFailures((good) => ({
      broadcast(message) {
        if (!isUp(good)) throw new Error("not now");
        good.broadcast(message);
      },
    }));
    expect(refuses).toEqual([RESTART, KEEP, "stops while the engine is away", UNREACHABLE]);
  });

  it("does not start", async () => {
    const found = await outageFailures((good) => ({
      start: (deliver) =>
        Promise.resolve(good.start(deliver)).then(() => {
          if (good.status?.().state === "down") throw new Error("unreachable");
        }),
    }));
    expect(found).toEqual([UNREACHABLE]);
  });
});

describe("PubSub", () => {
  const silent = { topic: "room:1", owner: undefined, receive() {} };

  it("delivers nothing here when the adapter refuses a broadcast, and says so", () => {
    const cause = new Error("connection lost");
    const adapter: PubSubAdapter = {
      ...localAdapter(),
      broadcast() {
        throw cause;
      },
    };
    const pubsub = new PubSub({ adapter });
    const received: unknown[] = [];
    pubsub.subscribe({ topic: "room:1", owner: undefined, receive: (message) => received.push(message) });
    let thrown: unknown;
    try {
      pubsub.broadcast("room:1", "hello");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(BroadcastError);
    expect(thrown).toMatchObject({ code: "WB_BROADCAST", topic: "room:1", cause });
    pubsub.localBroadcast("room:1", "local");
    expect(received).toEqual(["local"]);
  });

  it("refuses a dispatcher that it does not know, before anything is sent", () => {
    const sent: unknown[] = [];
    const pubsub = new PubSub({ adapter: { ...localAdapter(), broadcast: (message) => void sent.push(message) } });
    for (const verb of ["broadcast", "localBroadcast"] as const) {
      expect(() => pubsub[verb]("room:1", 1, "fast")).toThrow(WingbeatError);
    }
    expect(() => pubsub.directBroadcast("node", "room:1", 1, "fast")).toThrow('no dispatcher "fast"');
    expect(sent).toEqual([]);
  });

  it("reports a message of another node that it cannot deliver, and goes on", async () => {
    const hub = new Hub();
    const [here, there] = [new PubSub({ adapter: hub.adapter() }), new PubSub({ adapter: hub.adapter() })];
    await Promise.all([here.start(), there.start()]);
    const received = new Promise<unknown>((resolve) => {
      here.subscribe({ topic: "room:1", owner: undefined, receive: resolve });
    });
    const failed: unknown[] = [];
    const detach = attach("pubsub.delivery_failed", (data) => failed.push(data));
    const withDispatcher = new PubSub({ adapter: hub.adapter(), dispatchers: { own: () => {} } });
    withDispatcher.broadcast("room:1", "unknown dispatcher", "own");
    there.broadcast("room:1", "hello");
    expect(await received).toBe("hello");
    detach();
    expect(failed).toHaveLength(2);
    expect(failed[0]).toMatchObject({ topic: "room:1", error: { code: "WB_OPTION" } });
  });

  it("counts topics and subscriptions, and names its node after the adapter", () => {
    const pubsub = new PubSub({ adapter: localAdapter("node-7") });
    expect(pubsub.nodeName).toBe("node-7");
    pubsub.subscribe(silent);
    pubsub.subscribe({ ...silent });
    pubsub.subscribe({ ...silent, topic: "room:2" });
    expect(pubsub.size).toEqual({ topics: 2, subscriptions: 3 });
    pubsub.unsubscribe(silent);
    expect(pubsub.size).toEqual({ topics: 2, subscriptions: 2 });
  });

  it("passes on how its adapter is; one that does not say is up", () => {
    expect(new PubSub().status()).toMatchObject({ adapter: "local", state: "up", queued: 0, lost: 0, missed: 0 });
    const { status: _, ...silentAdapter } = localAdapter();
    expect(new PubSub({ adapter: silentAdapter }).status()).toMatchObject({ adapter: "custom", state: "up" });
    const down: AdapterStatus = { adapter: "x", state: "down", since: 1, reason: "y", queued: 2, lost: 3, missed: 4 };
    expect(new PubSub({ adapter: { ...localAdapter(), status: () => down } }).status()).toBe(down);
  });

  it("reads a message of another node only when somebody here wants it", async () => {
    let deliver: DeliverLocally = () => {};
    const pubsub = new PubSub({ adapter: { ...localAdapter(), start: (given) => void (deliver = given) } });
    await pubsub.start();
    let reads = 0;
    const arrived: PubSubMessage = {
      topic: "room:1",
      dispatcher: "default",
      get message() {
        return ++reads;
      },
    };
    deliver(arrived);
    expect(reads).toBe(0);
    const received: unknown[] = [];
    pubsub.subscribe({ topic: "room:1", owner: undefined, receive: (message) => received.push(message) });
    deliver(arrived);
    expect(received).toEqual([1]);
  });
});

it("what adapters, dispatchers and subscribers return is no unhandled rejection", async () => {
  const failures: unknown[] = [];
  const detach = attach("pubsub.delivery_failed", ({ error }) => failures.push(error));
  const reject = (what: string) => (): Promise<never> => Promise.reject(new Error(what));
  const pubsub = new PubSub({
    adapter: {
      nodeName: "a",
      start() {},
      broadcast: reject("broadcast"),
      directBroadcast: reject("direct"),
      stop() {},
    },
    dispatchers: { rejecting: reject("dispatch") },
  });
  pubsub.subscribe({ topic: "t", owner: 1, receive: reject("receive") });
  pubsub.broadcast("t", 1);
  pubsub.directBroadcast("b", "t", 1);
  pubsub.localBroadcast("t", 1, "rejecting");
  await expect
    .poll(() => failures.map((error) => (error as Error).message))
    .toEqual(["broadcast", "receive", "direct", "dispatch"]);
  detach();
});
