/** What every adapter does on a single node. */
import { expectEqual } from "./case.ts";
import type { SuiteCase } from "./case.ts";
import { payloads } from "./payloads.ts";

const TOPIC = "room:1";
const UNICODE_TOPIC = "raum:größe 🦋";

/**
 * The node sends itself a last message through the adapter: what the adapter wrongly gave back is there before it.
 */
const END = "end of test";

export const oneNodeCases: readonly SuiteCase[] = [
  {
    title: "has a node name, and keeps it",
    run(cluster) {
      const name = cluster.node(0).nodeName;
      expectEqual("nodeName is a string", typeof name, "string");
      expectEqual("nodeName is empty", name === "", false);
      expectEqual("nodeName after a while", cluster.node(0).nodeName, name);
    },
  },
  {
    title: "broadcast reaches every subscriber of the topic once",
    async run(cluster) {
      const listeners = [cluster.listen(0, TOPIC), cluster.listen(0, TOPIC)];
      cluster.node(0).broadcast(TOPIC, "hello");
      cluster.node(0).directBroadcast(cluster.node(0).nodeName, TOPIC, END);
      for (const listener of listeners) expectEqual("received", await listener.until(END), ["hello", END]);
    },
  },
  {
    title: "broadcast does not reach other topics",
    async run(cluster) {
      const node = cluster.node(0);
      const topics = ["room:2", "room:", "room:11", "Room:1", "room:1 ", ""];
      const others = topics.map((topic) => cluster.listen(0, topic));
      node.broadcast(TOPIC, "hello");
      for (const other of others) {
        node.directBroadcast(node.nodeName, other.topic, END);
        expectEqual(`received on "${other.topic}"`, await other.until(END), [END]);
      }
    },
  },
  {
    title: "broadcast on a topic without subscribers is no error",
    run(cluster) {
      cluster.node(0).broadcast("room:empty", "hello");
    },
  },
  {
    title: "broadcastFrom leaves out all subscriptions of the sender, and nobody else",
    async run(cluster) {
      const node = cluster.node(0);
      const sender = { name: "sender" };
      const own = [cluster.listen(0, TOPIC, sender), cluster.listen(0, TOPIC, sender)];
      const other = cluster.listen(0, TOPIC);
      node.broadcastFrom(sender, TOPIC, "hello");
      node.directBroadcast(node.nodeName, TOPIC, END);
      for (const listener of own) expectEqual("the sender received", await listener.until(END), [END]);
      expectEqual("the other received", await other.until(END), ["hello", END]);
    },
  },
  {
    title: "localBroadcast and localBroadcastFrom do the same without the adapter",
    async run(cluster) {
      const node = cluster.node(0);
      const sender = { name: "sender" };
      const own = cluster.listen(0, TOPIC, sender);
      const other = cluster.listen(0, TOPIC);
      node.localBroadcast(TOPIC, "to all");
      node.localBroadcastFrom(sender, TOPIC, "to others");
      node.directBroadcast(node.nodeName, TOPIC, END);
      expectEqual("the sender received", await own.until(END), ["to all", END]);
      expectEqual("the other received", await other.until(END), ["to all", "to others", END]);
    },
  },
  {
    title: "nothing arrives after unsubscribe",
    async run(cluster) {
      const node = cluster.node(0);
      const gone = cluster.listen(0, TOPIC);
      const here = cluster.listen(0, TOPIC);
      node.unsubscribe(gone);
      node.broadcast(TOPIC, "hello");
      node.directBroadcast(node.nodeName, TOPIC, "direct");
      await here.until("direct");
      gone.receive(END);
      expectEqual("received", await gone.until(END), [END]);
    },
  },
  {
    title: "unsubscribe of what is not there is no error",
    async run(cluster) {
      const node = cluster.node(0);
      const listener = cluster.listen(0, TOPIC);
      node.unsubscribe({ topic: TOPIC, owner: undefined, receive() {} });
      node.unsubscribe({ topic: "room:never", owner: undefined, receive() {} });
      node.broadcast(TOPIC, END);
      expectEqual("received", await listener.until(END), [END]);
      node.unsubscribe(listener);
      node.unsubscribe(listener);
      expectEqual("size", node.size, { topics: 0, subscriptions: 0 });
    },
  },
  {
    title: "two subscriptions of one owner deliver twice, and end one by one",
    async run(cluster) {
      const node = cluster.node(0);
      const owner = { name: "owner" };
      const first = cluster.listen(0, TOPIC, owner);
      const second = cluster.listen(0, TOPIC, owner);
      expectEqual("size", node.size, { topics: 1, subscriptions: 2 });
      node.broadcast(TOPIC, "hello");
      node.unsubscribe(first);
      node.broadcast(TOPIC, END);
      first.receive(END);
      expectEqual("the first received", await first.until(END), ["hello", END]);
      expectEqual("the second received", await second.until(END), ["hello", END]);
    },
  },
  {
    title: "directBroadcast to the own node delivers once",
    async run(cluster) {
      const node = cluster.node(0);
      const listener = cluster.listen(0, TOPIC);
      node.directBroadcast(node.nodeName, TOPIC, "hello");
      node.directBroadcast(node.nodeName, TOPIC, END);
      expectEqual("received", await listener.until(END), ["hello", END]);
    },
  },
  {
    title: "directBroadcast to an unknown node reaches nobody and is no error",
    async run(cluster) {
      const node = cluster.node(0);
      const listener = cluster.listen(0, TOPIC);
      node.directBroadcast("no such node", TOPIC, "hello");
      node.directBroadcast(node.nodeName, TOPIC, END);
      expectEqual("received", await listener.until(END), [END]);
    },
  },
  {
    title: "a dispatcher of one's own delivers, and is told the sender",
    async run(cluster) {
      const node = cluster.node(0);
      const sender = "the sender";
      const listener = cluster.listen(0, TOPIC, sender);
      node.broadcast(TOPIC, 1, "labelled");
      node.broadcastFrom(sender, TOPIC, 2, "labelled");
      node.localBroadcast(TOPIC, 3, "labelled");
      node.localBroadcastFrom(sender, TOPIC, 4, "labelled");
      node.directBroadcast(node.nodeName, TOPIC, 5, "labelled");
      node.directBroadcast(node.nodeName, TOPIC, END);
      expectEqual("received", await listener.until(END), [
        { labelled: 1, from: "nobody" },
        { labelled: 2, from: sender },
        { labelled: 3, from: "nobody" },
        { labelled: 4, from: sender },
        { labelled: 5, from: "nobody" },
        END,
      ]);
    },
  },
  {
    title: "messages arrive in the order in which they were sent",
    async run(cluster) {
      const node = cluster.node(0);
      const listener = cluster.listen(0, TOPIC);
      const sent = Array.from({ length: 200 }, (_, index) => index);
      for (const number of sent) node.broadcast(TOPIC, number);
      node.broadcast(TOPIC, END);
      expectEqual("received by broadcast", await listener.until(END), [...sent, END]);
      const direct = cluster.listen(0, "room:direct");
      for (const number of sent) node.directBroadcast(node.nodeName, direct.topic, number);
      node.directBroadcast(node.nodeName, direct.topic, END);
      expectEqual("received by directBroadcast", await direct.until(END), [...sent, END]);
    },
  },
  ...payloads.map(
    ({ what, message }) =>
      ({
        title: `carries ${what}`,
        async run(cluster) {
          const node = cluster.node(0);
          const listener = cluster.listen(0, UNICODE_TOPIC);
          node.broadcast(UNICODE_TOPIC, message);
          node.directBroadcast(node.nodeName, UNICODE_TOPIC, message);
          node.directBroadcast(node.nodeName, UNICODE_TOPIC, END);
          const [first, second] = await listener.until(END);
          expectEqual(`${what}, broadcast`, first, message);
          expectEqual(`${what}, by directBroadcast`, second, message);
        },
      }) satisfies SuiteCase,
  ),
];
