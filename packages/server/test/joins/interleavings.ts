/**
 * Joins that read a history while others write: one seed is one interleaving of the two, on any number of nodes. What
 * is checked is what a client can rely on: every message is in the join's reply or is pushed, in order, none twice.
 */
import { v2Client, v2Server } from "@wingbeat/protocol";
import type { Message } from "@wingbeat/protocol";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { Endpoint, PubSubAdapter, SocketDefinition } from "../../src/index.ts";
import { SocketProcess } from "../../src/socket/process.ts";
import { MemoryConnection } from "../../src/transports/memory.ts";

type Random = () => number;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1));

/** Lets others run: in this turn, at its end, or in the next one. */
function step(random: Random): Promise<void> {
  const kind = upTo(random, 3);
  if (kind === 0) return Promise.resolve();
  return new Promise((resolve) => (kind === 1 ? process.nextTick(resolve) : setImmediate(resolve)));
}

async function steps(random: Random, most: number): Promise<void> {
  for (let left = upTo(random, most); left > 0; left--) await step(random);
}

interface Write {
  readonly n: number;
  readonly node: number;
}

/** One topic while its interleaving is run. */
interface Scene {
  readonly random: Random;
  readonly stored: number[];
  readonly outcome: "ok" | "refused" | "crashed";
}

const scenes = new Map<string, Scene>();

function sceneOf(topic: string): Scene {
  const scene = scenes.get(topic);
  if (scene === undefined) throw new Error(`no scene on ${topic}`);
  return scene;
}

const base = (pattern: "plain:*" | "sync:*" | "async:*") =>
  defineChannel(pattern).join(async (ctx) => {
    const { random, stored, outcome } = sceneOf(ctx.topic);
    await steps(random, 2);
    const messages = [...stored];
    await steps(random, 4);
    if (outcome === "crashed") throw new Error("told to");
    return outcome === "refused" ? refuse() : ok({ messages });
  });

const socket: SocketDefinition = defineSocket({
  connect: () => ok(),
  channels: [
    base("plain:*"),
    base("sync:*").handleOut("intercepted", (ctx, payload) => ctx.push("intercepted", payload)),
    base("async:*").handleOut("intercepted", async (ctx, payload) => {
      await steps(sceneOf(ctx.topic).random, 2);
      ctx.push("intercepted", payload);
    }),
  ],
});

/** Endpoints that share their topics through adapters; one by itself without. */
export function nodesOf(adapters: readonly (PubSubAdapter | undefined)[]): Endpoint[] {
  return adapters.map((pubsub) =>
    createEndpoint({ sockets: { "/socket": socket }, logger: false, ...(pubsub === undefined ? {} : { pubsub }) }),
  );
}

function connect(endpoint: Endpoint, received: (message: Message) => void): MemoryConnection {
  const connection = new MemoryConnection({ received: (data) => received(v2Client.decode(data)), closed: () => {} });
  const processes = new Set<SocketProcess>();
  const environment = { endpoint, pubsub: endpoint.pubsub, path: "/socket", socket: socket.spec, processes };
  const admission = { codec: v2Server, assigns: {}, id: null };
  connection.start(new SocketProcess({ ...environment, work: { running: 0 } }, admission, connection));
  return connection;
}

const MARK = "mark";

/** Runs one interleaving. Gives what is wrong about it, or undefined. */
export async function runInterleaving(nodes: readonly Endpoint[], seed: number): Promise<string | undefined> {
  const random = randomOf(seed);
  const kind = ["plain", "sync", "async"][upTo(random, 2)] as string;
  const topic = `${kind}:${seed}`;
  const outcome = random() < 0.9 ? "ok" : random() < 0.5 ? "refused" : "crashed";
  const scene: Scene = { random, stored: [], outcome };
  scenes.set(topic, scene);
  const received: Message[] = [];
  let marks = 0;
  let marked = (): void => {};
  const allMarks = new Promise<void>((resolve) => (marked = resolve));
  let replied = (): void => {};
  const reply = new Promise<void>((resolve) => (replied = resolve));
  const connection = connect(nodes[upTo(random, nodes.length - 1)] as Endpoint, (message) => {
    received.push(message);
    if (message.event === "phx_reply") replied();
    if (message.event === MARK && ++marks === nodes.length) marked();
  });
  const writes = await writeWhileJoining(nodes, topic, scene, connection);
  await reply;
  for (const node of nodes) node.broadcast(topic, MARK, {});
  // Whoever was refused gets nothing, and cannot say so: it is given the time in which others would have got it.
  await (outcome === "ok" ? allMarks : new Promise((resolve) => setImmediate(resolve)));
  connection.close(1000, "");
  await new Promise((resolve) => setImmediate(resolve));
  scenes.delete(topic);
  return faultOf(outcome, received, writes);
}

async function writeWhileJoining(
  nodes: readonly Endpoint[],
  topic: string,
  { random, stored }: Scene,
  connection: MemoryConnection,
): Promise<Write[]> {
  const writes: Write[] = [];
  const count = upTo(random, 8);
  const joinAt = upTo(random, count);
  for (let n = 0; n <= count; n++) {
    if (n === joinAt) {
      connection.receive(v2Client.encode({ joinRef: "1", ref: "1", topic, event: "phx_join", payload: {} }));
    }
    await steps(random, 2);
    if (n === count) break;
    const node = upTo(random, nodes.length - 1);
    stored.push(n);
    writes.push({ n, node });
    nodes[node]?.broadcast(topic, random() < 0.5 ? "intercepted" : "plain", { n });
  }
  return writes;
}

function faultOf(
  outcome: Scene["outcome"],
  received: readonly Message[],
  writes: readonly Write[],
): string | undefined {
  const [reply, ...rest] = received;
  if (reply?.event !== "phx_reply") return `${reply?.event} came before the reply`;
  const { status, response } = reply.payload as { status: string; response: { messages?: number[] } };
  if (outcome !== "ok") {
    return status === "error" && rest.length === 0 ? undefined : `a ${outcome} join: ${status}, then ${rest.length}`;
  }
  const pushed = rest.filter(({ event }) => event !== MARK).map(({ payload }) => (payload as { n: number }).n);
  const seen = new Set([...(response.messages ?? []), ...pushed]);
  const lost = writes.filter(({ n }) => !seen.has(n)).map(({ n }) => n);
  if (lost.length > 0)
    return `lost ${lost.join()}: the reply had ${response.messages?.join()}, then came ${pushed.join()}`;
  if (new Set(pushed).size < pushed.length) return `came twice: ${pushed.join()}`;
  for (const node of new Set(writes.map((write) => write.node))) {
    const ofNode = pushed.filter((n) => writes.some((write) => write.n === n && write.node === node));
    if (ofNode.some((n, index) => n < (ofNode[index - 1] ?? -1))) return `out of order: ${ofNode.join()}`;
  }
  return undefined;
}

/** Runs so many seeds, some at a time. Gives the first faults, with their seeds. */
export async function runInterleavings(nodes: readonly Endpoint[], first: number, count: number): Promise<string[]> {
  const faults: string[] = [];
  const AT_ONCE = 50;
  for (let from = first; from < first + count && faults.length < 5; from += AT_ONCE) {
    const seeds = Array.from({ length: Math.min(AT_ONCE, first + count - from) }, (_, index) => from + index);
    const found = await Promise.all(seeds.map(async (seed) => ({ seed, fault: await runInterleaving(nodes, seed) })));
    for (const { seed, fault } of found) if (fault !== undefined) faults.push(`seed ${seed}: ${fault}`);
  }
  return faults;
}
