/**
 * `npm run bench:history`: what a history costs, beside the same server without one, for clients that take part in
 * recovery and for those that do not. The servers take turns within a round; only ratios of a round count.
 */
import { log, parseOptions, positive, runBench } from "./command-line.ts";
import type { Command } from "./history/load.ts";
import { startLoadClient } from "./load-client.ts";
import type { Since } from "./load/protocols/aware.ts";
import { measure, measureMemory } from "./measure.ts";
import { cpuMicroseconds } from "./process-usage.ts";
import { writeReadme } from "./readme.ts";
import { launch, type RunningServer, type ServerProgram } from "./servers.ts";
import { quiet } from "./settling.ts";
import { machine, placement, today } from "./surroundings.ts";
import { markdown, median, ratios } from "./table.ts";
import { sized, tests } from "./tests.ts";

const usage = `npm run bench:history -- [options]
  --rounds N   every round runs every server (default 3)
  --quick      a sixth of the messages
  --write      put the table into bench/README.md`;

const CLIENTS = 10_000;
const MISSED = 20;
const PENDING = 500;
const script = "./servers/wingbeat.js";

const SERVERS: Readonly<Record<string, ServerProgram>> = {
  "no history": { script, protocol: "phoenix" },
  "history, stock clients": { script, args: ["history"], protocol: "phoenix" },
  "history, aware clients": { script, args: ["history"], protocol: "aware" },
};

const FIGURES = {
  hist1000: "CPU of a delivery, broadcast to 1,000 (`hist1000`), µs",
  hist1000w8: "the same, 8 in flight (`hist1000w8`), µs",
  hist100x50: "the same, to 100 topics × 50 (`hist100x50`), µs",
  storm: "CPU of a connect + join, 10,000 to one topic, µs",
  recover10000: `the same, and ${MISSED} messages that were missed (\`recover10000\`), µs`,
  heap: "heap of a joined idle connection, bytes",
};
type Figure = keyof typeof FIGURES;
type Figures = Partial<Record<Figure, number>>;

async function measureServer(program: ServerProgram, quick: boolean): Promise<Figures> {
  const server = await launch(program);
  const load = startLoadClient(server);
  const cpu = async (name: "fan1000" | "fan1000w8" | "fan100x50"): Promise<number> =>
    (await measure(server, load, sized(tests[name], quick))).value;
  try {
    const { heap } = await measureMemory(server, load, tests.idle10000);
    const storm = await measure(server, load, { ...tests.storm10000, topics: 1 });
    const fans = {
      hist1000: await cpu("fan1000"),
      hist1000w8: await cpu("fan1000w8"),
      hist100x50: await cpu("fan100x50"),
    };
    const recover = program.protocol === "aware" ? { recover10000: await measureRecovery(server) } : {};
    return { heap, storm: storm.value, ...fans, ...recover };
  } finally {
    await load.stop();
    await server.stop();
  }
}

/** CPU per client that connects, joins and gets what it has missed. */
async function measureRecovery(server: RunningServer): Promise<number> {
  const load = startLoadClient<Command, Since | undefined>(server, { script: "./history/load.js" });
  try {
    const since = await load.run({ command: "publish", messages: MISSED });
    if (since === undefined) throw new Error("the log's position is not known");
    await server.collect();
    await quiet(server.pid);
    const before = cpuMicroseconds(server.pid);
    await load.run({ command: "join", connections: CLIENTS, topics: 1, pending: PENDING, since, missed: MISSED });
    const cpu = cpuMicroseconds(server.pid) - before;
    await load.run({ command: "drop" });
    return cpu / CLIENTS;
  } finally {
    await load.stop();
  }
}

const number = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));

await runBench(usage, async (args) => {
  const values = parseOptions(args, {
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  });
  const names = Object.keys(SERVERS);
  const results = new Map<string, Figures[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= positive("--rounds", values.rounds); round += 1) {
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      const figures = await measureServer(SERVERS[name]!, values.quick);
      results.get(name)!.push(figures);
      log(`round ${round}  ${name}  ${JSON.stringify(figures)}`);
    }
  }
  const of = (name: string, figure: Figure): number[] =>
    results.get(name)!.flatMap((figures) => (figures[figure] === undefined ? [] : [figures[figure]]));
  const cell = (values: number[]): string => (values.length === 0 ? "" : number(median(values)));
  const [without, ...others] = names as [string, ...string[]];
  const compare = (figure: Figure, name: string): string => {
    const own = of(name, figure);
    if (own.length === 0) return "";
    if (figure === "heap") {
      const more = median(own) - median(of(without, figure));
      return `${more < 0 ? "−" : "+"} ${number(Math.abs(more))}`;
    }
    // What was missed comes on top of connecting.
    const base = figure === "recover10000" ? of(name, "storm") : of(without, figure);
    return `× ${median(ratios(own, base)).toFixed(2)}`;
  };
  const head = ["", ...names, ...others.map((name) => `${name}: more than without`)];
  const rows = (Object.keys(FIGURES) as Figure[]).map((figure) => [
    FIGURES[figure],
    ...names.map((name) => cell(of(name, figure))),
    ...others.map((name) => compare(figure, name)),
  ]);
  const page = `${markdown(head, 1, rows)}\n\n${today()}, ${values.rounds} rounds. ${machine()}; ${placement()}.`;
  console.log(page);
  if (values.write) writeReadme("history", page);
});
