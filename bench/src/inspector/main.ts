/**
 * `npm run bench:inspector`: what an inspector costs: mounted, while nobody looks; and with a viewer, on three nodes over
 * Redis. Servers take turns within a round; only ratios of a round count.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { log, parseOptions, positive, runBench } from "../command-line.ts";
import { startLoadClient } from "../load-client.ts";
import { measure } from "../measure.ts";
import { end, nextMessage, spawnPinned } from "../pinned.ts";
import { writeReadme } from "../readme.ts";
import { launch } from "../servers.ts";
import { machine, placement, today } from "../surroundings.ts";
import { markdown, median, ratios } from "../table.ts";
import { sized, tests } from "../tests.ts";
import { Clients } from "./clients.ts";
import { ask, look } from "./viewer.ts";

const usage = `npm run bench:inspector -- [options]
  --rounds N    every round runs every server (default 3)
  --redis URL   also measures a viewer of three nodes over Redis, e.g. redis://127.0.0.1
  --seconds N   for how long, with and without a viewer (default 20)
  --quick       a sixth of the messages
  --write       puts the tables into bench/README.md`;

const CLIENTS = 2_000;
const TOPICS = 20;
const NODES = ["a", "b", "c"];

type Figures = Record<"echo1000" | "fan1000", number>;
const FIGURES: Record<keyof Figures, string> = {
  echo1000: "CPU of a request and its reply (`echo1000`), µs",
  fan1000: "CPU of a delivery, broadcast to 1,000 (`fan1000`), µs",
};
const SERVERS = { "no inspector": [], "mounted, nobody looks": ["inspector"], "one viewer": ["inspector"] } as const;
type Server = keyof typeof SERVERS;

async function measureServer(name: Server, quick: boolean): Promise<Figures> {
  const server = await launch({ script: "./servers/wingbeat.js", args: [...SERVERS[name]], protocol: "phoenix" });
  const load = startLoadClient(server);
  const stopLooking = name === "one viewer" ? look(server.port) : () => {};
  const cpu = async (test: keyof Figures): Promise<number> =>
    (await measure(server, load, sized(tests[test], quick))).value;
  try {
    return { echo1000: await cpu("echo1000"), fan1000: await cpu("fan1000") };
  } finally {
    stopLooking();
    await load.stop();
    await server.stop();
  }
}

async function messages(rounds: number, quick: boolean): Promise<string> {
  const names = Object.keys(SERVERS) as Server[];
  const results = new Map<Server, Figures[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      const figures = await measureServer(name, quick);
      results.get(name)!.push(figures);
      log(`round ${round}  ${name}  ${JSON.stringify(figures)}`);
    }
  }
  const of = (name: Server, figure: keyof Figures): number[] => results.get(name)!.map((figures) => figures[figure]);
  const rows = (Object.keys(FIGURES) as (keyof Figures)[]).map((figure) => [
    FIGURES[figure],
    ...names.map((name) => median(of(name, figure)).toFixed(1)),
    ...names.slice(1).map((name) => `× ${median(ratios(of(name, figure), of("no inspector", figure))).toFixed(2)}`),
  ]);
  return markdown(["", ...names, ...names.slice(1).map((name) => `${name} ÷ none`)], 1, rows);
}

interface NodeFigures {
  readonly node: string;
  readonly connections: number;
  /** Shares of a core: of the process without and with a viewer, and of the inspector as it says itself. */
  readonly before: number;
  readonly watched: number;
  readonly said: number;
}

async function nodes(redis: string, seconds: number): Promise<string> {
  const children = NODES.map((name) => spawnPinned(0, "./inspector/node.js", [name, redis]));
  const clients = new Clients();
  try {
    const started = await Promise.all(
      children.map((child) => nextMessage<{ readonly port: number }>(child, "inspector/node")),
    );
    const ports = started.map(({ port }) => port);
    await clients.join(ports, CLIENTS, TOPICS);
    clients.start();
    const used = (): Promise<number[]> =>
      Promise.all(
        children.map(async (child) => {
          const answer = nextMessage<{ readonly cpu: number }>(child, "inspector/node");
          child.send("cpu");
          return (await answer).cpu;
        }),
      );
    /** The share of a core that each used meanwhile. */
    const shares = async (): Promise<number[]> => {
      const [before, startedAt] = [await used(), performance.now()];
      await sleep(seconds * 1_000);
      const after = await used();
      return after.map((cpu, n) => (cpu - before[n]!) / 1_000 / (performance.now() - startedAt));
    };
    await sleep(2_000);
    const without = await shares();
    const stopLooking = look(ports[0]!);
    await sleep(2_000);
    const watched = await shares();
    const { data } = await ask(ports[0]!, "overview");
    stopLooking();
    const figures = NODES.map((node, n): NodeFigures => {
      const row = data.nodes.find(({ name }) => name === node);
      if (row === undefined) throw new Error(`node ${node} did not answer`);
      const { connections, inspectorCpu: said } = row;
      return { node, connections, before: without[n]!, watched: watched[n]!, said };
    });
    const total = figures.reduce((sum, { connections }) => sum + connections, 0);
    if (total !== CLIENTS) throw new Error(`${total} connections are shown, there are ${CLIENTS}`);
    return tableOf(figures);
  } finally {
    clients.stop();
    await Promise.all(children.map(end));
  }
}

const share = (value: number): string => `${(value * 100).toFixed(2)} %`;

function tableOf(figures: readonly NodeFigures[]): string {
  const rows = figures.map(({ node, connections, before, watched, said }) => [
    node === NODES[0] ? `${node}, where the viewer is` : node,
    String(connections),
    share(before),
    share(watched),
    share(watched - before),
    share(said),
  ]);
  const head = [
    "node",
    "clients",
    "process, nobody looks",
    "one viewer",
    "more",
    "of it the inspector's own functions",
  ];
  return markdown(head, 1, rows);
}

await runBench(usage, async (args) => {
  const values = parseOptions(args, {
    rounds: { type: "string", default: "3" },
    redis: { type: "string" },
    seconds: { type: "string", default: "20" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  });
  const rounds = positive("--rounds", values.rounds);
  const parts = [await messages(rounds, values.quick)];
  if (values.redis !== undefined) parts.push(await nodes(values.redis, positive("--seconds", values.seconds)));
  const page = `${parts.join("\n\n")}\n\n${today()}, ${rounds} rounds${values.quick ? " (quick)" : ""}. ${machine()}; ${placement()}.`;
  console.log(page);
  if (values.write) writeReadme("inspector", page);
});
