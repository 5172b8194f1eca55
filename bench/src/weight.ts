/**
 * `npm run bench:weight`: memory and CPU time per connection and per message, of this checkout beside another one and
 * Socket.IO. For changes of a few per cent: the servers take turns within a round, and only ratios of a round count.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { log, parseOptions, positive, runBench, UsageError } from "./command-line.ts";
import { startLoadClient } from "./load-client.ts";
import { measure, measureMemory } from "./measure.ts";
import { launch, type ServerProgram } from "./servers.ts";
import { machine, placement, today } from "./surroundings.ts";
import { markdown, median, ratios } from "./table.ts";
import { tests } from "./tests.ts";

const usage = `npm run bench:weight -- [options]
  --rounds N        every round runs every server (default 3)
  --against FOLDER  another checkout, with its dependencies installed and its bench built`;

type Figure = keyof typeof FIGURES;

const FIGURES = {
  heap: "heap of a joined connection, bytes",
  resident: "RAM of a joined connection, bytes",
  storm10000: "CPU of a connect + join, µs",
  echo1000: "CPU of a request and its reply, µs",
  fan1000: "CPU of a delivery, µs",
};

async function measureServer(program: ServerProgram): Promise<Record<Figure, number>> {
  const server = await launch(program);
  const load = startLoadClient(server);
  try {
    const { heap, resident } = await measureMemory(server, load, tests.idle10000);
    const cpu = async (test: "storm10000" | "echo1000" | "fan1000"): Promise<number> =>
      (await measure(server, load, tests[test])).value;
    return {
      heap,
      resident,
      storm10000: await cpu("storm10000"),
      echo1000: await cpu("echo1000"),
      fan1000: await cpu("fan1000"),
    };
  } finally {
    await load.stop();
    await server.stop();
  }
}

const number = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));

function programs(against: string | undefined): Record<string, ServerProgram> {
  const script = "./servers/wingbeat.js";
  const own: ServerProgram = { script, protocol: "phoenix" };
  const peer: ServerProgram = { script: "./servers/socketio.js", protocol: "socketio" };
  if (against === undefined) return { "this checkout": own, "Socket.IO": peer };
  const other = resolve(against, "bench/dist", script);
  if (!existsSync(other)) throw new UsageError(`--against: there is no ${other}; run "npx tsc -b bench" there`);
  return { "this checkout": own, against: { script: other, protocol: "phoenix" }, "Socket.IO": peer };
}

await runBench(usage, async (args) => {
  const values = parseOptions(args, { rounds: { type: "string", default: "3" }, against: { type: "string" } });
  const servers = Object.entries(programs(values.against));
  const results = new Map<string, Record<Figure, number>[]>(servers.map(([name]) => [name, []]));
  for (let round = 1; round <= positive("--rounds", values.rounds); round += 1) {
    for (const [name, program] of round % 2 === 1 ? servers : servers.toReversed()) {
      const figures = await measureServer(program);
      results.get(name)!.push(figures);
      log(`round ${round}  ${name}  ${JSON.stringify(figures)}`);
    }
  }
  const of = (name: string, figure: Figure): number[] => results.get(name)!.map((figures) => figures[figure]);
  const [[own], ...others] = servers as [[string, ServerProgram], ...[string, ServerProgram][]];
  const head = ["", ...results.keys(), ...others.map(([name]) => `÷ ${name}`)];
  const rows = (Object.keys(FIGURES) as Figure[]).map((figure) => [
    FIGURES[figure],
    ...servers.map(([name]) => number(median(of(name, figure)))),
    ...others.map(([name]) => median(ratios(of(own, figure), of(name, figure))).toFixed(2)),
  ]);
  console.log(`${markdown(head, 1, rows)}\n\n${today()}, ${values.rounds} rounds. ${machine()}; ${placement()}.`);
});
