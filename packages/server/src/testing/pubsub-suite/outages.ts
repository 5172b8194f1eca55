/** What adapters do when their engine is down, comes back, or was never reachable. */
import { expectEqual } from "./case.ts";
import type { SuiteCase } from "./case.ts";
import type { PubSub, PubSubAdapter } from "../../pubsub.ts";
import type { Listener, PubSubCluster } from "./cluster.ts";

/** An engine that the suite may stop and start. It runs when a test begins. */
export interface EngineControl {
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Creates an adapter for an address without an engine. */
  unreachable(): PubSubAdapter;
  /** Creates an adapter with a wrong password. Default: the engine has no password. */
  refused?(): PubSubAdapter;
  /** Milliseconds that an adapter may take to be up again and send what waited. Default 8,000. */
  readonly patience?: number;
}

const TOPIC = "room:1";
const END = "end of test";
/** The default of `patience`. */
export const PATIENCE = 8_000;

const { setTimeout } = globalThis;
const turn = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a node is up, or down. */
async function untilState(node: PubSub, state: "up" | "down", patience = PATIENCE): Promise<void> {
  const deadline = Date.now() + patience;
  while (node.status().state !== state && Date.now() < deadline) await turn(5);
  expectEqual("state", node.status().state, state);
}

/** Broadcasts one number after another until stopped; returns how many. */
function keepSending(node: PubSub): () => Promise<number> {
  let isOver = false;
  let sent = 0;
  const sending = (async () => {
    while (!isOver) {
      node.broadcast(TOPIC, sent++);
      await turn(1);
    }
    return sent;
  })();
  // The caller gets the error when it stops; until then nothing handles it.
  sending.catch(() => {});
  return () => {
    isOver = true;
    return sending;
  };
}

async function restart(cluster: PubSubCluster, engine: EngineControl): Promise<void> {
  const nodes = [0, 1, 2].map((index) => cluster.node(index));
  await engine.stop();
  for (const node of nodes) await untilState(node, "down", engine.patience);
  await engine.start();
  for (const node of nodes) await untilState(node, "up", engine.patience);
}

/** Everything that a node was sent has arrived in order and once, or is counted as missed. */
async function expectAccounted(listener: Listener, node: PubSub, sent: number): Promise<void> {
  const received = (await listener.until(END)).filter((message) => message !== END) as number[];
  const inOrder = received.every((number, index) => index === 0 || number > (received[index - 1] as number));
  expectEqual("received in order and once", inOrder, true);
  expectEqual("received and missed, together", received.length + node.status().missed, sent);
}

/** A node that reaches no other node serves its own subscribers, and reports the reason. */
async function expectAlone(cluster: PubSubCluster): Promise<void> {
  const node = cluster.node(0);
  const { state, reason } = node.status();
  expectEqual("state", state, "down");
  expectEqual("the reason is a string", typeof reason === "string" && reason.length > 0, true);
  const listener = cluster.listen(0, TOPIC);
  node.broadcast(TOPIC, "to all");
  node.localBroadcast(TOPIC, "to this node");
  node.directBroadcast(node.nodeName, TOPIC, "to this node by name");
  expectEqual("received", await listener.until("to this node by name"), [
    "to all",
    "to this node",
    "to this node by name",
  ]);
  expectEqual("messages that wait", node.status().queued, 1);
}

export function outageCases(engine: EngineControl): readonly SuiteCase[] {
  const { unreachable, refused } = engine;
  return [
    {
      title: "reconnects to an engine that was restarted under load, and counts what was lost",
      async run(cluster) {
        const [at0, at1, at2] = [cluster.listen(0, TOPIC), cluster.listen(1, TOPIC), cluster.listen(2, TOPIC)];
        const stopSending = keepSending(cluster.node(0));
        await at1.until(5);
        await at2.until(5);
        await restart(cluster, engine);
        const sent = await stopSending();
        cluster.node(0).broadcast(TOPIC, END);
        expectEqual("the sending node got all of its own", (await at0.until(END)).length, sent + 1);
        await expectAccounted(at1, cluster.node(1), sent);
        await expectAccounted(at2, cluster.node(2), sent);
        cluster.node(1).directBroadcast(cluster.node(2).nodeName, TOPIC, "direct");
        await at2.until("direct");
      },
    },
    {
      title: "keeps what is sent while the engine is away, and sends it in order",
      async run(cluster) {
        await engine.stop();
        await untilState(cluster.node(0), "down", engine.patience);
        const listener = cluster.listen(0, TOPIC);
        const sent = Array.from({ length: 100 }, (_, index) => index);
        for (const number of sent) cluster.node(0).broadcast(TOPIC, number);
        expectEqual("messages that wait", cluster.node(0).status().queued, 100);
        expectEqual("received on the own node", await listener.until(99), sent);
        await engine.start();
        await untilState(cluster.node(0), "up", engine.patience);
        cluster.node(0).directBroadcast(cluster.node(0).nodeName, TOPIC, END);
        await listener.until(END);
        expectEqual("lost", cluster.node(0).status().lost, 0);
      },
    },
    {
      title: "stops while the engine is away",
      async run(cluster) {
        await engine.stop();
        await untilState(cluster.node(0), "down", engine.patience);
        cluster.node(0).broadcast(TOPIC, "too late");
        await cluster.stop();
        expectEqual("lost", cluster.node(0).status().lost, 1);
        await engine.start();
      },
    },
    {
      title: "starts without an engine: serves its own node, and says why",
      adapters: () => [unreachable()],
      run: expectAlone,
    },
    ...(refused === undefined
      ? []
      : [
          {
            title: "starts with wrong credentials: serves its own node, and says why",
            adapters: () => [refused()],
            run: expectAlone,
          } satisfies SuiteCase,
        ]),
  ];
}
