/** What adapters do between nodes. The suite gives each test three. */
import { expectEqual } from "./case.ts";
import type { SuiteCase } from "./case.ts";
import type { Listener, PubSubCluster } from "./cluster.ts";
import { payloads } from "./payloads.ts";

const TOPIC = "room:1";
const END = "end of test";
/** Milliseconds for an engine to take what a node has sent. */
const FLUSH_TIME = 60_000;

/** One subscriber on each node. */
const listeners = (cluster: PubSubCluster): readonly [Listener, Listener, Listener] => [
  cluster.listen(0, TOPIC),
  cluster.listen(1, TOPIC),
  cluster.listen(2, TOPIC),
];

/**
 * Sends END from node 0 to all, then back from node 1 and 2: what came to nodes 1 and 2 too early, or came back to
 * node 0, is there now. Gives what each subscriber received before its END.
 */
async function received(cluster: PubSubCluster, [a, b, c]: readonly [Listener, Listener, Listener]) {
  cluster.node(0).broadcast(TOPIC, END);
  const atB = [...(await b.until(END))];
  const atC = [...(await c.until(END))];
  const echoes = [`${END}: back from 1`, `${END}: back from 2`];
  for (const [index, echo] of echoes.entries()) {
    cluster.node(index + 1).directBroadcast(cluster.node(0).nodeName, TOPIC, echo);
    await a.until(echo);
  }
  const atA = await a.until(END);
  const before = (messages: readonly unknown[]): readonly unknown[] =>
    messages.filter((message) => message !== END && !echoes.includes(message as string));
  expectEqual("the sending node gets its own broadcast once", atA.filter((message) => message === END).length, 1);
  return { a: before(atA), b: before(atB), c: before(atC) };
}

export const severalNodesCases: readonly SuiteCase[] = [
  {
    title: "every node has a name of its own",
    run(cluster) {
      const names = [0, 1, 2].map((index) => cluster.node(index).nodeName);
      expectEqual(`different names in ${names.join(", ")}`, new Set(names).size, 3);
    },
  },
  {
    title: "broadcast reaches each node once, the sender's own too",
    async run(cluster) {
      const all = listeners(cluster);
      cluster.node(0).broadcast(TOPIC, "hello");
      expectEqual("received", await received(cluster, all), { a: ["hello"], b: ["hello"], c: ["hello"] });
    },
  },
  {
    title: "a position arrives as it is; messages without one have none",
    async run(cluster) {
      const all = listeners(cluster);
      const positions = [
        { epoch: "größe 🦋", offset: 0 },
        { epoch: "", offset: 2 ** 48 - 1 },
      ];
      cluster.node(0).broadcast(TOPIC, "first", "labelled", positions[0]);
      cluster.node(0).broadcast(TOPIC, "none", "labelled");
      cluster.node(0).broadcast(TOPIC, { bytes: new Uint8Array([1]) }, "labelled", positions[1]);
      const expected = [
        { labelled: "first", from: "nobody", position: positions[0] },
        { labelled: "none", from: "nobody" },
        { labelled: { bytes: new Uint8Array([1]) }, from: "nobody", position: positions[1] },
      ];
      expectEqual("received", await received(cluster, all), { a: expected, b: expected, c: expected });
    },
  },
  {
    title: "every node can send",
    async run(cluster) {
      const all = listeners(cluster);
      for (const index of [1, 2]) {
        cluster.node(index).broadcast(TOPIC, `from ${index}`);
        for (const listener of all) await listener.until(`from ${index}`);
      }
      const both = ["from 1", "from 2"];
      expectEqual("received", await received(cluster, all), { a: both, b: both, c: both });
    },
  },
  {
    title: "nothing waits after a flush",
    async run(cluster) {
      const listener = cluster.listen(1, TOPIC);
      const numbers = Array.from({ length: 100 }, (_, number) => number);
      for (const number of numbers) cluster.node(0).broadcast(TOPIC, number);
      await cluster.node(0).flush(FLUSH_TIME);
      const { queued, lost } = cluster.node(0).status();
      expectEqual("waiting and lost", { queued, lost }, { queued: 0, lost: 0 });
      for (const number of numbers) await listener.until(number);
    },
  },
  {
    title: "broadcast does not reach other topics on other nodes",
    async run(cluster) {
      const all = listeners(cluster);
      cluster.node(0).broadcast("room:2", "hello");
      expectEqual("received", await received(cluster, all), { a: [], b: [], c: [] });
    },
  },
  {
    title: "broadcastFrom leaves the sender out on its node, nobody on others",
    async run(cluster) {
      const sender = "the sender";
      const all = [
        cluster.listen(0, TOPIC, sender),
        cluster.listen(1, TOPIC, sender),
        cluster.listen(2, TOPIC),
      ] as const;
      cluster.node(0).broadcastFrom(sender, TOPIC, "hello");
      expectEqual("received", await received(cluster, all), { a: [], b: ["hello"], c: ["hello"] });
    },
  },
  {
    title: "localBroadcast and localBroadcastFrom stay on the node",
    async run(cluster) {
      const all = listeners(cluster);
      cluster.node(0).localBroadcast(TOPIC, "to all");
      cluster.node(0).localBroadcastFrom(all[0], TOPIC, "to others");
      expectEqual("received", await received(cluster, all), { a: ["to all"], b: [], c: [] });
    },
  },
  {
    title: "directBroadcast reaches the named node only",
    async run(cluster) {
      const all = listeners(cluster);
      cluster.node(0).directBroadcast(cluster.node(1).nodeName, TOPIC, "to b");
      cluster.node(0).directBroadcast(cluster.node(0).nodeName, TOPIC, "to a");
      cluster.node(0).directBroadcast("no such node", TOPIC, "to nobody");
      await all[0].until("to a");
      await all[1].until("to b");
      expectEqual("received", await received(cluster, all), { a: ["to a"], b: ["to b"], c: [] });
    },
  },
  {
    title: "a dispatcher of one's own delivers on every node, and knows a sender on its own node only",
    async run(cluster) {
      const all = listeners(cluster);
      cluster.node(0).broadcastFrom("the sender", TOPIC, 1, "labelled");
      const remote = [{ labelled: 1, from: "nobody" }];
      const expected = { a: [{ labelled: 1, from: "the sender" }], b: remote, c: remote };
      expectEqual("received", await received(cluster, all), expected);
    },
  },
  {
    title: "messages of one node arrive in the order in which it sent them",
    async run(cluster) {
      const all = listeners(cluster);
      const sent = Array.from({ length: 200 }, (_, index) => index);
      for (const number of sent) cluster.node(0).broadcast(TOPIC, number);
      expectEqual("received", await received(cluster, all), { a: sent, b: sent, c: sent });
    },
  },
  {
    title: "broadcasts and direct messages of one node arrive in the order in which it sent them",
    async run(cluster) {
      const all = listeners(cluster);
      const { nodeName } = cluster.node(1);
      for (let number = 0; number < 200; number += 2) {
        cluster.node(0).broadcast(TOPIC, number);
        cluster.node(0).directBroadcast(nodeName, TOPIC, number + 1);
      }
      const { b } = await received(cluster, all);
      expectEqual(
        "received",
        b,
        Array.from({ length: 200 }, (_, index) => index),
      );
    },
  },
  {
    title: "messages of each node arrive in its order when all send at once",
    async run(cluster) {
      const all = listeners(cluster);
      for (let number = 0; number < 100; number++) {
        for (const index of [0, 1, 2]) cluster.node(index).broadcast(TOPIC, { from: index, number });
      }
      for (const index of [0, 1, 2]) cluster.node(index).broadcast(TOPIC, `${END} of ${index}`);
      for (const listener of all) {
        for (const index of [0, 1, 2]) {
          const arrived = (await listener.until(`${END} of ${index}`)) as { from: number; number: number }[];
          const numbers = arrived.filter(({ from }) => from === index).map(({ number }) => number);
          expectEqual(
            `received from node ${index}`,
            numbers,
            Array.from({ length: 100 }, (_, number) => number),
          );
        }
      }
    },
  },
  {
    title: "the same message several times arrives as often",
    async run(cluster) {
      const all = listeners(cluster);
      const { nodeName } = cluster.node(1);
      for (let time = 0; time < 3; time++) {
        cluster.node(0).broadcast(TOPIC, "again");
        cluster.node(0).directBroadcast(nodeName, TOPIC, "again");
      }
      const { b, c } = await received(cluster, all);
      expectEqual("received by the one", b, Array(6).fill("again"));
      expectEqual("received by the other", c, Array(3).fill("again"));
    },
  },
  {
    title: "10,000 topics are kept apart",
    async run(cluster) {
      const all = listeners(cluster);
      const arrived: [topic: string, message: unknown][] = [];
      const topics = Array.from({ length: 10_000 }, (_, number) => `topic:${number}`);
      for (const topic of topics) {
        cluster
          .node(1)
          .subscribe({ topic, owner: undefined, receive: (message) => void arrived.push([topic, message]) });
      }
      for (const topic of topics) cluster.node(0).broadcast(topic, { topic });
      expectEqual("received by other topics", await received(cluster, all), { a: [], b: [], c: [] });
      expectEqual("arrived", arrived.length, 10_000);
      for (const [index, [topic, message]] of arrived.entries()) {
        expectEqual("topic", topic, topics[index]);
        expectEqual("message", message, { topic });
      }
    },
  },
  {
    title: "nothing arrives on a node after unsubscribe there",
    async run(cluster) {
      const all = listeners(cluster);
      const gone = cluster.listen(1, TOPIC);
      cluster.node(1).unsubscribe(gone);
      cluster.node(0).broadcast(TOPIC, "hello");
      expectEqual("received", await received(cluster, all), { a: ["hello"], b: ["hello"], c: ["hello"] });
      gone.receive(END);
      expectEqual("the one that is gone received", await gone.until(END), [END]);
    },
  },
  ...payloads.map(
    ({ what, message }) =>
      ({
        title: `carries ${what} to another node`,
        async run(cluster) {
          const all = listeners(cluster);
          cluster.node(0).broadcast(TOPIC, message);
          cluster.node(0).directBroadcast(cluster.node(1).nodeName, TOPIC, message);
          const { b, c } = await received(cluster, all);
          expectEqual(`${what}, broadcast and directBroadcast`, b, [message, message]);
          expectEqual(`${what}, broadcast`, c, [message]);
        },
      }) satisfies SuiteCase,
  ),
];
