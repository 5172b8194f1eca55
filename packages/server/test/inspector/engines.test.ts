/** Three nodes over each engine: what one says is what all have. Over Redis and node:cluster, in processes of their own. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../../../../tools/test/free-port.ts";
import type { Answer, QueryOf, ViewName } from "../../src/inspector/model.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { urlOf } from "../integration/serve.ts";
import { adapterOf } from "../processes/adapters.ts";
import type { EngineName } from "../processes/adapters.ts";
import {
  natsAvailability,
  natsEngine,
  PATIENCE,
  postgresAvailability,
  postgresEngine,
  redisAvailability,
  redisEngine,
} from "../pubsub/engines.ts";
import type { Availability, TestEngine } from "../pubsub/engines.ts";
import { Program } from "../pubsub/program.ts";
import { replyTo, startNode, until } from "./nodes.ts";

const NOTHING = {} as Record<string, never>;

function app(file: string, settings: object, ready: string): Program {
  const path = new URL(file, import.meta.url).pathname;
  const program = new Program({
    command: process.execPath,
    args: ["--import", "tsx", path, JSON.stringify(settings)],
    ready,
  });
  onTestFinished(() => program.stop("SIGKILL"));
  return program;
}

/** A node that can be asked. */
interface Asked {
  readonly node: string;
  ask<View extends ViewName>(view: View, query: QueryOf<View>): Promise<Answer<View>>;
}

/** A client whose node answers for its inspector. */
class Asker implements Asked {
  readonly client: FrameClient;
  readonly node: string;
  #ref = 0;

  private constructor(client: FrameClient, node: string) {
    this.client = client;
    this.node = node;
  }

  static async on(port: number): Promise<Asker> {
    const client = await FrameClient.open(urlOf(port, undefined, { name: "asker" }));
    client.send("1", "1", "inspector", "phx_join", {});
    const { response } = (await replyTo(client, "1")) as { response: { node: string } };
    return new Asker(client, response.node);
  }

  async ask<View extends ViewName>(view: View, query: QueryOf<View>): Promise<Answer<View>> {
    const ref = `a${++this.#ref}`;
    this.client.send("1", ref, "inspector", "ask", { view, query });
    const { response } = (await replyTo(this.client, ref)) as { response: Answer<View> };
    return response;
  }
}

const ROOM = "room:1";
const USERS = 40;
const SAID = 10;

/** Users on all of them, who talk; then each says the same of all. `own`: how many connections there are to ask. */
async function compare(askers: readonly Asked[], ports: readonly number[], own: number): Promise<void> {
  const names = askers.map(({ node }) => node).sort();
  // From now on, all count.
  for (const asker of askers) {
    await until(
      () => asker.ask("overview", NOTHING),
      ({ nodes, silent }) => expect([nodes.toSorted(), silent]).toEqual([names, []]),
    );
  }
  const clients = await Promise.all(
    Array.from({ length: USERS }, async (_, n) => {
      const client = await FrameClient.open(urlOf(ports[n % ports.length] as number, undefined, { name: `u${n}` }));
      client.send("1", "1", ROOM, "phx_join", {});
      await replyTo(client, "1");
      return client;
    }),
  );
  for (let n = 0; n < SAID; n++) {
    clients[n]?.send("1", "s", ROOM, "say", { n });
    await replyTo(clients[n] as FrameClient, "s");
  }
  for (const asker of askers) {
    const { data } = await until(
      () => asker.ask("overview", NOTHING),
      (answer) => expect(answer.data.connections).toBe(USERS + own),
    );
    expect(data.channels).toBe(USERS + own);
    expect(data.nodes.map(({ name }) => name).sort()).toEqual(names);
    expect(new Set(data.nodes.map(({ pid }) => pid)).size).toBe(own === 0 ? 1 : names.length);
    const { data: topics } = await until(
      () => asker.ask("topics", {}),
      (answer) => expect(answer.data.rows[0]?.subscribers).toBe(USERS),
    );
    expect(topics.rows[0]).toMatchObject({ topic: ROOM });
    const { data: topic } = await asker.ask("topic", { topic: ROOM });
    expect(topic.connections).toHaveLength(USERS);
    expect(topic.byNode.reduce((sum, { subscribers }) => sum + subscribers, 0)).toBe(USERS);
    const { data: connections } = await asker.ask("connections", { id: "user:u" });
    expect(connections.total).toBe(USERS);
    expect(new Set(connections.rows.map(({ id }) => id)).size).toBe(USERS);
    const { data: events } = await until(
      () => asker.ask("events", NOTHING),
      (answer) => expect(answer.data.rows.find(({ event }) => event === "say")?.count).toBe(SAID),
    );
    expect(events.rows.find(({ event }) => event === "say")?.outcomes).toEqual({ ok: SAID });
    const { data: presences } = await until(
      () => asker.ask("presence", NOTHING),
      (answer) => expect(answer.data.rows).toMatchObject([{ name: "people", metas: USERS, topics: 1 }]),
    );
    expect(presences.rows[0]?.nodes.map(({ name }) => name).sort()).toEqual(names);
    const { data: cluster } = await asker.ask("cluster", NOTHING);
    expect(cluster.rows.map(({ node, pubsub }) => [node, pubsub.state]).sort()).toEqual(
      names.map((name) => [name, "up"]),
    );
  }
}

async function started(make: () => Promise<TestEngine>): Promise<TestEngine> {
  const engine = await make();
  onTestFinished(() => engine.end());
  await engine.start();
  return engine;
}

it.skipIf(redisAvailability.isMissing)(
  `three nodes over Redis say the same, and who is silent${redisAvailability.note}`,
  async () => {
    const engine = await started(() => redisEngine());
    const settings = ["a", "b", "c"].map((nodeName) => ({ nodeName, engine: "Redis", enginePort: engine.port }));
    const programs = settings.map((of) => app("node-app.ts", of, " listening\n"));
    await Promise.all(programs.map((program) => program.start()));
    const ports = programs.map(({ printed }) => Number(/port (\d+) listening/.exec(printed)?.[1]));
    const askers = await Promise.all(ports.map((port) => Asker.on(port)));
    await compare(askers, ports, 3);

    await programs[2]?.stop("SIGKILL");
    await until(
      () => askers[0]!.ask("doors", NOTHING),
      ({ nodes, silent }) => expect([nodes, silent]).toEqual([["a", "b"], ["c"]]),
    );
  },
);

const ENGINES: readonly (readonly [EngineName, Availability, () => Promise<TestEngine>])[] = [
  ["NATS", natsAvailability, () => natsEngine()],
  ["PostgreSQL", postgresAvailability, () => postgresEngine()],
];

for (const [name, { isMissing, note }, make] of ENGINES) {
  it.skipIf(isMissing)(`three nodes over ${name} say the same${note}`, async () => {
    const engine = await started(make);
    const nodes = await Promise.all(
      ["a", "b", "c"].map(async (nodeName) =>
        startNode({ adapter: await adapterOf(name, engine.port, { nodeName }), deadline: 3_000 }),
      ),
    );
    const askers = nodes.map(({ name: node, inspection }): Asked => ({
      node,
      ask: (view, query) => inspection.ask(view, query),
    }));
    await compare(
      askers,
      nodes.map(({ port }) => port),
      0,
    );
  });
}

describe("workers of node:cluster", () => {
  it("say the same", async () => {
    const port = await freePort();
    const program = app("cluster-app.ts", { workers: 3, port }, " is ready\n");
    await program.start();
    const ready = (): number => program.printed.match(/is ready/g)?.length ?? 0;
    await vi.waitFor(() => expect(ready()).toBe(3), PATIENCE);
    const askers = new Map<string, Asker>();
    while (askers.size < 3) {
      const asker = await Asker.on(port);
      if (askers.has(asker.node)) asker.client.drop();
      else askers.set(asker.node, asker);
    }
    await compare([...askers.values()], [port], 3);
  });
});
