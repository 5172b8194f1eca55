/** Connections that write as fast as they are read, come back when they are closed, and stop when the clock says so. */
import { setImmediate as turn } from "node:timers/promises";
import { frameBytes, Opcode, RawClient } from "../raw-client.ts";
import type { RawClientOptions } from "../raw-client.ts";

/** Says how long an attack goes on. */
export interface Clock {
  readonly isOn: boolean;
  /** Resolves when it is not on any more. */
  readonly over: Promise<void>;
}

export function startClock(seconds: number): Clock {
  const until = performance.now() + seconds * 1_000;
  return {
    get isOn() {
      return performance.now() < until;
    },
    over: new Promise((resolve) => setTimeout(resolve, seconds * 1_000)),
  };
}

/** What all attacks count. */
export interface Spent {
  connections: number;
  messages: number;
  bytes: number;
  readonly closes: Record<string, number>;
}

export interface Flood {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  /** Sent first on each connection: text messages. */
  readonly hello: readonly string[];
  /** What is sent then, over and over: text, or a frame as bytes. `n` counts what this connection has sent. */
  readonly message: (n: number) => string | Uint8Array;
  /** Whether the attackers read what they are sent. Default true. */
  readonly reads?: boolean;
  /** How many messages one connection sends before it waits for the end of the attack. Default: no end. */
  readonly count?: number;
  readonly options?: RawClientOptions;
}

export async function flood(flood: Flood, clock: Clock, spent: Spent): Promise<void> {
  const attacker = async (): Promise<void> => {
    while (clock.isOn) await connection(flood, clock, spent);
  };
  await Promise.all(Array.from({ length: flood.connections }, attacker));
}

async function connection(flood: Flood, clock: Clock, spent: Spent): Promise<void> {
  const { port, path, hello, message, reads = true, count = Infinity, options = {} } = flood;
  let end: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const client = await RawClient.open(
    port,
    path,
    {
      frame: () => {},
      closed: (code) => {
        spent.closes[code] = (spent.closes[code] ?? 0) + 1;
        end?.();
      },
    },
    options,
  );
  spent.connections++;
  for (const text of hello) client.text(text);
  if (!reads) client.socket.pause();
  for (let n = 0; n < count && clock.isOn && client.isOpen; n++) {
    const given = message(n);
    const bytes = typeof given === "string" ? frameBytes(Opcode.text, given) : given;
    client.write(bytes);
    spent.messages++;
    spent.bytes += bytes.length;
    await Promise.race([client.drained(), clock.over]);
    if (n % 16 === 0) await turn();
  }
  if (count < Infinity) await Promise.race([clock.over, ended]);
  client.reset();
  await ended;
}
