/** Connect, join, leave, disconnect, over and over: whatever a channel and a session hold must be given back. */
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { closeBytes, TcpClient } from "../integration/tcp-client.ts";
import { activeResources, settledHeap } from "./figures.ts";

export interface CycleFigures {
  cycles: number;
  /** Cycles in a second. */
  rate: number;
  terminated: number;
  connectionsLeft: number;
  subscriptionsLeft: number;
  topicsLeft: number;
  /** Handles and timers that are more than before, by kind. */
  resourcesLeft: Record<string, number>;
  /** Bytes of heap more than before; undefined without `--expose-gc`. */
  heapGrowth: number | undefined;
}

/** A channel that holds all that a channel can hold: subscriptions, a running timer, state, a pending async handler. */
const holder = (ended: () => void) =>
  defineChannel("hold:{id}")
    .assigns<{ id: string; ballast?: string }>()
    .join((ctx) => {
      ctx.assign({ ballast: `${ctx.params.id} `.repeat(500) });
      ctx.subscribe("news");
      ctx.subscribe(`news:${ctx.params.id}`);
      ctx.sendAfter("later", 600_000);
      return ok({});
    })
    .handleIn("never", () => new Promise<void>(() => {}))
    .handleIn("crash", () => {
      throw new Error("crash on request");
    })
    .terminate(ended);

type Ending = (client: TcpClient, endpoint: Endpoint, n: number) => Promise<void>;

/** The ways in which a connection ends. All but the drops wait until the server has closed it. */
const ENDINGS: readonly Ending[] = [
  async (client) => {
    client.send("1", "2", `hold:a`, "phx_leave", {});
    await client.inbox.next();
    await client.inbox.next();
    client.write(closeBytes(1000));
    await client.closed;
  },
  async (client) => {
    client.write(closeBytes(1000));
    await client.closed;
  },
  async (client) => void client.socket.resetAndDestroy(),
  async (client) => void client.drop(),
  async (client) => {
    client.send("1", "2", "hold:a", "crash", {});
    await client.inbox.next();
    client.drop();
  },
  async (client, endpoint, n) => {
    endpoint.broadcast(`user:${n}`, "disconnect", {});
    await client.closed;
  },
  async (client) => {
    client.text("{");
    await client.closed;
  },
  async (client) => {
    client.send("1", "2", "hold:a", "never", {});
    client.send("2", "3", "hold:a", "phx_join", {});
    client.write(closeBytes(1001));
    await client.closed;
  },
];

async function cycle(port: number, endpoint: Endpoint, n: number): Promise<void> {
  const client = await TcpClient.open(port, `/socket/websocket?vsn=2.0.0&id=${n}`);
  client.send("1", "1", "hold:a", "phx_join", {});
  client.send("1", "1", `hold:b${n % 50}`, "phx_join", {});
  await client.inbox.next();
  await client.inbox.next();
  await (ENDINGS[n % ENDINGS.length] as Ending)(client, endpoint, n);
  client.socket.destroy();
}

/** Runs so many cycles, some at a time, and measures what is left. */
export async function runCycles(cycles: number, atOnce = 16): Promise<CycleFigures> {
  let terminated = 0;
  const socket = defineSocket({
    connect: (params) => ok({ id: String(params["id"]) }),
    id: ({ id }) => `user:${id}`,
    channels: [holder(() => void terminated++)],
  });
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  const run = async (from: number, to: number): Promise<void> => {
    let next = from;
    const worker = async (): Promise<void> => {
      while (next < to) await cycle(port, endpoint, next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    await quiet(endpoint);
  };
  // Caches and compiled code are not leaks: measure from a warm start.
  await run(0, Math.min(1_000, Math.ceil(cycles / 2)));
  const [resources, heap] = [activeResources(), await settledHeap()];
  const startedAt = performance.now();
  await run(0, cycles);
  const seconds = (performance.now() - startedAt) / 1_000;
  const heapGrowth = heap === undefined ? undefined : ((await settledHeap()) ?? heap) - heap;
  const size = endpoint.pubsub.size;
  const resourcesLeft = await moreThan(resources);
  const figures: CycleFigures = {
    cycles,
    rate: Math.round(cycles / seconds),
    terminated,
    connectionsLeft: endpoint.connections,
    subscriptionsLeft: size.subscriptions,
    topicsLeft: size.topics,
    resourcesLeft,
    heapGrowth,
  };
  await endpoint.close();
  return figures;
}

/** Waits until the server has noticed that all clients are gone. */
async function quiet(endpoint: Endpoint): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (endpoint.connections > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What is active beyond `before`, after it has had ten seconds to end. */
async function moreThan(before: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  for (const deadline = performance.now() + 120_000; ;) {
    const more = Object.entries(activeResources())
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count > 0);
    if (more.length === 0 || performance.now() > deadline) return Object.fromEntries(more);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
