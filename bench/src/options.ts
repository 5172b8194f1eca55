import { parseOptions, positive, UsageError } from "./command-line.ts";
import type { PhoenixAt, ServerName } from "./servers.ts";
import { testNames, type TestName } from "./tests.ts";

export interface Options {
  rounds: number;
  servers: ServerName[];
  tests: TestName[];
  quick: boolean;
  /** Put the table into README.md. */
  write: boolean;
  phoenix: PhoenixAt | null;
}

const OWN_SERVERS = ["wingbeat", "socketio", "ws"] as const;

export const usage = `npm run bench -- [options]
  --rounds N          rounds; every round runs every server (default 3)
  --servers a,b       of ${OWN_SERVERS.join(", ")} (default all)
  --tests a,b         of ${testNames.join(", ")} (default all)
  --quick             a sixth of the messages
  --write             put the table into bench/README.md
  --phoenix-url URL   also measure the Phoenix server at this WebSocket URL, e.g. ws://127.0.0.1:4100/bench/websocket
  --phoenix-pid PID   its operating system process`;

/** Reads the command line. Throws a UsageError. */
export function readOptions(args: string[]): Options {
  const values = parseOptions(args, {
    rounds: { type: "string", default: "3" },
    servers: { type: "string" },
    tests: { type: "string" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    "phoenix-url": { type: "string" },
    "phoenix-pid": { type: "string" },
  });
  const phoenix = readPhoenix(values["phoenix-url"], values["phoenix-pid"]);
  const servers: ServerName[] = chosen("--servers", values.servers, OWN_SERVERS);
  return {
    rounds: positive("--rounds", values.rounds),
    servers: phoenix === null ? servers : [...servers, "phoenix"],
    tests: chosen("--tests", values.tests, testNames),
    quick: values.quick,
    write: values.write,
    phoenix,
  };
}

function chosen<Name extends string>(option: string, value: string | undefined, known: readonly Name[]): Name[] {
  if (value === undefined) return [...known];
  return value.split(",").map((given) => {
    const name = known.find((candidate) => candidate === given);
    if (name === undefined) throw new UsageError(`${option}: "${given}" is none of ${known.join(", ")}`);
    return name;
  });
}

function readPhoenix(url: string | undefined, pid: string | undefined): PhoenixAt | null {
  if (url === undefined && pid === undefined) return null;
  if (url === undefined || pid === undefined) throw new UsageError("--phoenix-url and --phoenix-pid go together");
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== "ws:" || parsed.port === "") {
    throw new UsageError(`--phoenix-url: "${url}" is not a ws:// URL with a port`);
  }
  return { url: parsed, pid: positive("--phoenix-pid", pid) };
}
