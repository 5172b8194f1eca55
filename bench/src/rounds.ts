import { startLoadClient } from "./load-client.ts";
import { measure } from "./measure.ts";
import type { Options } from "./options.ts";
import { runningPhoenix, startServer, type RunningServer, type ServerName } from "./servers.ts";
import { sized, testNames, tests, type TestName } from "./tests.ts";

/** The value of every test and server, one per round. */
export type Results = Map<TestName, Map<ServerName, number[]>>;

/** Runs all rounds: in each of them every server once, with all tests one after another. */
export async function runRounds(options: Options, log: (line: string) => void): Promise<Results> {
  const results: Results = new Map();
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of options.servers) {
      const server = await serverOf(name, options);
      try {
        await runTests(name, server, options, results, (line) => log(`round ${round}  ${line}`));
      } finally {
        await server.stop();
      }
    }
  }
  return results;
}

function serverOf(name: ServerName, options: Options): Promise<RunningServer> {
  if (name !== "phoenix") return startServer(name);
  return Promise.resolve(runningPhoenix(options.phoenix!));
}

async function runTests(
  name: ServerName,
  server: RunningServer,
  options: Options,
  results: Results,
  log: (line: string) => void,
): Promise<void> {
  const load = startLoadClient(server);
  try {
    for (const test of testNames.filter((candidate) => options.tests.includes(candidate))) {
      const { value, serverBusy } = await measure(server, load, sized(tests[test], options.quick)).catch((error) => {
        throw new Error(`${name}, ${test}: ${(error as Error).message}`, { cause: error });
      });
      keep(results, test, name, value);
      log(`${name}  ${test}  ${value.toPrecision(3)}  (server busy ${Math.round(serverBusy * 100)}%)`);
    }
  } finally {
    await load.stop();
  }
}

function keep(results: Results, test: TestName, server: ServerName, value: number): void {
  const servers = results.get(test) ?? new Map<ServerName, number[]>();
  results.set(test, servers);
  servers.set(server, [...(servers.get(server) ?? []), value]);
}
