/**
 * What happened in a run, from outside: each process writes down what it did and saw, a line of JSON each. A line is
 * written at once, so that it is there even when its process is killed right after it.
 */
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** A message is to be published (`call`), and what came of it. A message may be called again until it is known. */
export interface Published {
  readonly op: "publish";
  readonly topic: string;
  readonly id: string;
  readonly phase: "call" | "ok" | "refused" | "unknown";
  readonly pos?: Position;
  /** With `call`: the clients that are not to get it: its sender, or those from which `handleOut` hides it. */
  readonly except?: readonly string[];
  /** For people who read it: why it was not stored. */
  readonly why?: string;
}

/**
 * A run is one channel object of a client, over all its connections: `<client>/<anything>`. This: the server has accepted
 * its join.
 */
export interface Joined {
  readonly op: "join";
  readonly run: string;
  readonly topic: string;
  /** Absent: the client takes no part in recovery, and nothing about gaps is promised to it. */
  readonly pos?: Position;
  /** Absent: a first join, which asked for nothing. */
  readonly recovered?: boolean;
  /** What a first join asked for: the run has everything up to here. */
  readonly since?: Position;
}

export interface Delivered {
  readonly op: "deliver";
  readonly run: string;
  readonly id: string;
  readonly pos?: Position;
}

/** The run was told that something may be missing up to `pos`. Absent: the server could not say where the log stands. */
export interface Reported {
  readonly op: "report";
  readonly run: string;
  readonly reason: string;
  readonly pos?: Position;
}

/** The run is still joined at the end, when everything has had time to arrive. */
export interface Ended {
  readonly op: "end";
  readonly run: string;
}

/** What the log of a topic has, as a node reads it. */
export interface Snapshot {
  readonly op: "log";
  readonly topic: string;
  readonly epoch: string;
  /** Offset and id, in order. */
  readonly entries: readonly (readonly [number, string])[];
}

/** Something was broken, on purpose, from `since` to `t`. */
export interface Fault {
  readonly op: "fault";
  readonly what: string;
  readonly since: number;
  /** The engine may have lost what it had confirmed. */
  readonly loses?: boolean;
  /** The engine could not be reached, by some of the nodes at least. */
  readonly outage?: boolean;
}

/** What the topics keep. */
export interface Rule {
  readonly op: "rule";
  readonly size: number;
}

export type Happened = Published | Joined | Delivered | Reported | Ended | Snapshot | Fault | Rule;

/** `t` in milliseconds, by the same clock in all processes of a machine; `proc` is the process that wrote it. */
export type Line<What = Happened> = What & { readonly t: number; readonly proc: string };

export const now = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** Writes the lines of one process. */
export class Recorder<What extends object = Happened> {
  readonly #proc: string;
  readonly #file: number;

  constructor(folder: string, proc: string) {
    this.#proc = proc;
    this.#file = openSync(join(folder, `${proc}.jsonl`), "a");
  }

  write(happened: What): void {
    writeSync(this.#file, `${JSON.stringify({ t: now(), proc: this.#proc, ...happened })}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** All lines of a folder in the order of time; those of one process stay in the order in which it wrote them. */
export function readHistory<What = Happened>(folder: string): Line<What>[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
  // The last line of a process that was killed may be half a line.
  return lines.flatMap((line) => parsed<What>(line)).sort((a, b) => a.t - b.t);
}

function parsed<What>(line: string): Line<What>[] {
  try {
    return [JSON.parse(line) as Line<What>];
  } catch {
    return [];
  }
}
