/**
 * A history in this process: for one process alone. It is gone when the process ends, unless `file` is given: then a clean
 * end keeps it.
 */
import { WingbeatError } from "../../errors.ts";
import { checkCount, checkKeys } from "../../options.ts";
import { emit } from "../../telemetry.ts";
import { MemoryPushes } from "../pushes/memory.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { MemoryLog } from "./memory/log.ts";
import { LogNames } from "./memory/names.ts";
import { SnapshotFile } from "./memory/snapshot.ts";
import type { Head } from "./position.ts";
import type { Appended, Batch, HistoryRule, HistoryStore, Range, Slice, StoreStatus } from "./store.ts";

export interface MemoryHistoryOptions {
  /** Bytes that the logs of all topics may take: beyond it the topics that were used least recently are dropped. Default 256 MiB. */
  readonly maxBytes?: number;
  /**
   * Where the logs are written when the endpoint closes, and read when it starts: clients that come back after a clean
   * restart are sent what they missed. After a crash they are told to load again, and when the next process has started
   * before this one has ended. A file that cannot be understood is reported (`history.file_failed`) and replaced. Default:
   * none.
   */
  readonly file?: string;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const MEMORY_HISTORY_LIMITS = { maxBytes: 256 * 1024 * 1024 } as const;

/** The history of a single process: the default of an endpoint without a PubSub adapter. Throws `WB_OPTION`. */
export function memoryHistory(options: MemoryHistoryOptions = {}): HistoryStore {
  return new MemoryHistory(options, systemClock);
}

/** {@link memoryHistory} with a clock of its own. */
export class MemoryHistory implements HistoryStore {
  readonly fansOut = false;
  readonly isLocal = true;
  readonly pushes: MemoryPushes;
  readonly #maxBytes: number;
  readonly #file: SnapshotFile | undefined;
  readonly #clock: Clock;
  readonly #since: number;
  /** Of topics that something was stored on. Least recently used first. */
  readonly #logs = new Map<string, MemoryLog>();
  #names = new LogNames();
  #bytes = 0;

  constructor(options: MemoryHistoryOptions, clock: Clock) {
    checkKeys("memoryHistory", options, ["maxBytes", "file"]);
    checkCount("memoryHistory.maxBytes", options.maxBytes);
    if (options.file !== undefined && (typeof options.file !== "string" || options.file === "")) {
      throw new WingbeatError("WB_OPTION", "memoryHistory.file must be the path of a file.");
    }
    this.#maxBytes = options.maxBytes ?? MEMORY_HISTORY_LIMITS.maxBytes;
    this.#file = options.file === undefined ? undefined : new SnapshotFile(options.file);
    this.#clock = clock;
    this.#since = clock.now();
    this.pushes = new MemoryPushes(clock);
  }

  /** Throws when the file cannot be read or written: that is for the operator to mend. */
  start(): void {
    const kept = this.#file?.open();
    if (kept === undefined) return;
    this.#names = kept.names;
    for (const [topic, log] of kept.logs) {
      if (this.#logs.has(topic)) continue; // something was sent before the start
      this.#logs.set(topic, log);
      this.#bytes += log.bytes;
    }
  }

  /** Nothing is ever a repeat: no answer can be lost. */
  append({ topic, rule, producer, entries }: Batch): Appended {
    const log = this.#use(topic) ?? this.#create(topic);
    const before = log.bytes;
    const now = this.#clock.now();
    const offsets = entries.map((entry) => log.append(topic, entry, producer, rule, now));
    this.#bytes += log.bytes - before;
    this.#evict(topic);
    return { head: log.head, at: now, offsets };
  }

  /** The same for a batch that may be stored already: of another process, which can miss an answer. */
  appendOnce(batch: Batch): Appended | "unknown" {
    const { topic, known, isRepeat } = batch;
    const now = this.#clock.now();
    const log = this.#logs.get(topic) ?? this.#empty(topic);
    const found = known === undefined && !isRepeat ? undefined : log.find(batch, now);
    if (found === undefined) return this.append(batch);
    return found === "unknown" ? found : { head: log.head, at: now, offsets: found };
  }

  read(topic: string, rule: HistoryRule, range: Range): Slice {
    const log = this.#use(topic);
    if (log === undefined) return { head: this.#empty(topic).head, oldest: 1, entries: [] };
    const before = log.bytes;
    const slice = log.read(rule, range, this.#clock.now());
    this.#bytes += log.bytes - before;
    return slice;
  }

  heads(topics: readonly string[]): readonly Head[] {
    return topics.map((topic) => (this.#logs.get(topic) ?? this.#empty(topic)).head);
  }

  clear(topic: string): void {
    this.#bytes -= this.#logs.get(topic)?.bytes ?? 0;
    this.#logs.delete(topic);
    this.#names.removed(topic);
  }

  status(): StoreStatus {
    return { store: "memory", state: "up", since: this.#since };
  }

  stop(): void {
    this.#file?.close({ names: this.#names, logs: this.#logs });
  }

  #use(topic: string): MemoryLog | undefined {
    const log = this.#logs.get(topic);
    if (log === undefined) return undefined;
    this.#logs.delete(topic);
    this.#logs.set(topic, log);
    return log;
  }

  #create(topic: string): MemoryLog {
    const log = this.#empty(topic);
    this.#logs.set(topic, log);
    this.#bytes += log.bytes;
    return log;
  }

  /** The log of a topic on which nothing was stored. */
  #empty(topic: string): MemoryLog {
    return new MemoryLog(this.#names.next(topic));
  }

  #evict(current: string): void {
    for (const topic of this.#logs.keys()) {
      if (this.#bytes <= this.#maxBytes || topic === current) return;
      emit("history.trimmed_early", { topic, maxBytes: this.#maxBytes });
      this.clear(topic);
    }
  }
}
