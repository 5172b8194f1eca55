/**
 * A history in this process: for one process alone. It is gone when the process ends, unless `file` is given: then a clean
 * end keeps it.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { WingbeatError } from "../../errors.ts";
import { checkCount, checkKeys } from "../../options.ts";
import { emit } from "../../telemetry.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { readSnapshot, writeSnapshot } from "./memory/snapshot.ts";
import { MemoryLog } from "./memory/log.ts";
import type { Head } from "./position.ts";
import type { Appended, Batch, HistoryRule, HistoryStore, Range, Slice, StoreStatus } from "./store.ts";

export interface MemoryHistoryOptions {
  /** Bytes that the logs of all topics may take: beyond it the topics that were used least recently are dropped. Default 256 MiB. */
  readonly maxBytes?: number;
  /**
   * Where the logs are written when the endpoint closes, and read and removed when it starts: clients that come back after
   * a clean restart are sent what they missed. After a crash they are told to load again. Default: none.
   */
  readonly file?: string;
}

/** Defaults of the limits, as docs/limits.md lists them. */
export const MEMORY_HISTORY_LIMITS = { maxBytes: 256 * 1024 * 1024 } as const;

/** The history of a single process: the default of an endpoint without a PubSub adapter. Throws `WB_OPTION`. */
export function memoryHistory(options: MemoryHistoryOptions = {}): HistoryStore {
  return new MemoryHistory(options, systemClock);
}

const newName = (): string => randomBytes(6).toString("base64url");

/** {@link memoryHistory} with a clock of its own. */
export class MemoryHistory implements HistoryStore {
  readonly fansOut = false;
  readonly isLocal = true;
  readonly #maxBytes: number;
  readonly #file: string | undefined;
  readonly #clock: Clock;
  readonly #since: number;
  /** Least recently used first. */
  readonly #logs = new Map<string, MemoryLog>();
  #bytes = 0;

  constructor(options: MemoryHistoryOptions, clock: Clock) {
    checkKeys("memoryHistory", options, ["maxBytes", "file"]);
    checkCount("memoryHistory.maxBytes", options.maxBytes);
    if (options.file !== undefined && (typeof options.file !== "string" || options.file === "")) {
      throw new WingbeatError("WB_OPTION", "memoryHistory.file must be the path of a file.");
    }
    this.#maxBytes = options.maxBytes ?? MEMORY_HISTORY_LIMITS.maxBytes;
    this.#file = options.file;
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Throws when the file is there and cannot be read: starting without it would tell clients that all is lost. */
  start(): void {
    if (this.#file === undefined) return;
    let text: string;
    try {
      text = readFileSync(this.#file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    // First of all: a process that dies before its next clean end must not leave a history that lacks what it sent.
    rmSync(this.#file);
    for (const [topic, log] of readSnapshot(text)) {
      if (this.#logs.has(topic)) continue; // something was sent before the start
      this.#logs.set(topic, log);
      this.#bytes += log.bytes;
    }
  }

  /** Nothing is ever a repeat: no answer can be lost. */
  append({ topic, rule, producer, entries }: Batch): Appended {
    const log = this.#use(topic);
    const before = log.bytes;
    const now = this.#clock.now();
    const offsets = entries.map((entry) => log.append(topic, entry, producer, rule, now));
    this.#bytes += log.bytes - before;
    this.#evict(topic);
    return { head: log.head, at: now, offsets };
  }

  read(topic: string, rule: HistoryRule, range: Range): Slice {
    const log = this.#use(topic);
    const before = log.bytes;
    const slice = log.read(rule, range, this.#clock.now());
    this.#bytes += log.bytes - before;
    this.#evict(topic);
    return slice;
  }

  heads(topics: readonly string[]): readonly (Head | undefined)[] {
    return topics.map((topic) => this.#logs.get(topic)?.head);
  }

  clear(topic: string): void {
    const log = this.#logs.get(topic);
    if (log === undefined) return;
    this.#bytes -= log.bytes;
    this.#logs.delete(topic);
  }

  status(): StoreStatus {
    return { store: "memory", state: "up", since: this.#since };
  }

  stop(): void {
    if (this.#file !== undefined) writeFileSync(this.#file, writeSnapshot(this.#logs), { mode: 0o600 });
  }

  #use(topic: string): MemoryLog {
    let log = this.#logs.get(topic);
    if (log === undefined) {
      log = new MemoryLog(newName(), newName());
      this.#bytes += log.bytes;
    } else this.#logs.delete(topic);
    this.#logs.set(topic, log);
    return log;
  }

  #evict(current: string): void {
    for (const topic of this.#logs.keys()) {
      if (this.#bytes <= this.#maxBytes || topic === current) return;
      emit("history.trimmed_early", { topic, maxBytes: this.#maxBytes });
      this.clear(topic);
    }
  }
}
