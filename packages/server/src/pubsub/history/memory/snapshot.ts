/**
 * The logs of all topics in a file, for the time between two runs of a process: a line of JSON with the names of logs, then
 * one for each topic, followed by one for each of its entries.
 *
 * While a process runs, the file only says whose it is. So the logs of a process that was not the last to start are never
 * read again: they would lack what its successor has sent, and nobody would notice.
 */
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { emit } from "../../../telemetry.ts";
import type { Body, Stored } from "../store.ts";
import { MemoryLog } from "./log.ts";
import { LogNames } from "./names.ts";

/** Of the first line. Other formats will have other numbers. */
const FORMAT = "wingbeat-history 1";

export interface Kept {
  readonly names: LogNames;
  /** Least recently used first. */
  readonly logs: Map<string, MemoryLog>;
}

/** The file of one process. */
export class SnapshotFile {
  readonly #path: string;
  readonly #owner = randomBytes(16).toString("base64url");
  #isOpen = false;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Takes the file over, and reads what is in it: undefined when nothing is, or it cannot be understood. Throws when it cannot
   * be read or written.
   */
  open(): Kept | undefined {
    const kept = this.#read();
    this.#write([this.#mark]);
    this.#isOpen = true;
    return kept;
  }

  /** Writes what is kept, unless another process has taken the file over. Reports what goes wrong. */
  close(kept: Kept): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      if (readFileSync(this.#path, "utf8") === this.#mark) this.#write(linesOf(kept));
      else
        this.#failed(new Error("another process has started with this file: what this one has recorded is not kept"));
    } catch (error) {
      this.#failed(error);
    }
  }

  get #mark(): string {
    return `${JSON.stringify([FORMAT, "owner", this.#owner])}\n`;
  }

  #read(): Kept | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return readSnapshot(text);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** Whole or not at all. */
  #write(lines: Iterable<string>): void {
    const path = `${this.#path}.${this.#owner}`;
    const file = openSync(path, "wx", 0o600);
    try {
      for (const line of lines) writeSync(file, line);
    } catch (error) {
      closeSync(file);
      rmSync(path, { force: true });
      throw error;
    }
    closeSync(file);
    renameSync(path, this.#path);
  }

  #failed(error: unknown): void {
    emit("history.file_failed", { file: this.#path, error });
  }
}

function* linesOf({ names, logs }: Kept): Iterable<string> {
  yield `${JSON.stringify([FORMAT, "logs", logs.size, names])}\n`;
  for (const [topic, { lineage, head, entries }] of logs) {
    const lines = [JSON.stringify([topic, lineage, head.top, entries.length])];
    for (const { at, event, body, from } of entries) lines.push(JSON.stringify([at, event, from, ...written(body)]));
    yield `${lines.join("\n")}\n`;
  }
}

/** Undefined when the process that had the file did not end well. Throws for what is no snapshot. */
function readSnapshot(text: string): Kept | undefined {
  const lines = text.split("\n").values();
  const [format, what, count, names] = read(lines, []);
  if (format !== FORMAT) throw wrong("its first line");
  if (what === "owner") return undefined;
  const logs = new Map<string, MemoryLog>();
  for (let index = 0; index < wholeNumber(count); index++) {
    const [topic, lineage, top, entries] = read(lines, ["string", "string", "number", "number"]) as Topic;
    if (wholeNumber(entries) > wholeNumber(top)) throw wrong(`the number of entries of ${topic}`);
    const log = new MemoryLog(lineage, top);
    for (let offset = top - entries + 1; offset <= top; offset++) {
      log.add({ topic, lineage, tag: log.tag, offset, ...readEntry(lines) });
    }
    logs.set(topic, log);
  }
  return { names: readNames(names), logs };
}

type Topic = [topic: string, lineage: string, top: number, entries: number];
type Entry = [at: number, event: string, from: string, text: string, isBytes?: 1];
type Names = [secret: string, removed: [number, number][]];

function readEntry(lines: Iterator<string>): Pick<Stored, "at" | "event" | "body" | "from" | "producer" | "seq"> {
  const [at, event, from, text, isBytes] = read(lines, ["number", "string", "string", "string"]) as Entry;
  const body = isBytes === 1 ? new Uint8Array(Buffer.from(text, "base64")) : text;
  // Their producer has ended with the process.
  return { at, event, body, from, producer: "", seq: 0 };
}

function readNames(value: unknown): LogNames {
  const [secret, removed] = (Array.isArray(value) ? value : []) as Partial<Names>;
  if (typeof secret !== "string" || !Array.isArray(removed)) throw wrong("the names of its logs");
  return new LogNames(secret, removed);
}

/** The next line: a list whose first elements are of these types. */
function read(lines: Iterator<string>, types: readonly string[]): unknown[] {
  const line = lines.next();
  if (line.done === true) throw wrong("its length: it was cut off");
  const value: unknown = JSON.parse(line.value);
  if (!Array.isArray(value) || types.some((type, index) => typeof value[index] !== type)) throw wrong("a line");
  return value;
}

function wholeNumber(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong("a number");
  return value as number;
}

const wrong = (what: string): Error => new Error(`the file is not a history: ${what} is wrong`);

const written = (body: Body): [string, 1?] =>
  typeof body === "string" ? [body] : [Buffer.from(body).toString("base64"), 1];
