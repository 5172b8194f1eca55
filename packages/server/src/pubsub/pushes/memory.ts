/** Remembers numbered pushes in this process. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../history/clock.ts";
import { KEPT_REPLIES } from "./store.ts";
import type { Claim, Claimed, Holder, Line, PushStore, Settlement } from "./store.ts";

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const MEMORY_PUSHES_LIMITS = { maxBytes: 64 * 1024 * 1024 } as const;

/** What a record and each of its numbers take, besides replies: estimated bytes. */
const RECORD_BYTES = 400;
const NUMBER_BYTES = 150;

/** A number that was claimed: held by somebody, or settled with a reply, if it is kept. */
type Entry = { readonly holder: Holder } | { readonly token: string; readonly reply: string | undefined };

interface Record {
  readonly epoch: string;
  last: number;
  readonly entries: Map<number, Entry>;
  /** Forgotten at this time, in milliseconds since 1970. */
  until: number;
  bytes: number;
}

export class MemoryPushes implements PushStore {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #records = new Map<string, Record>();
  #bytes = 0;

  constructor(clock: Clock, maxBytes: number = MEMORY_PUSHES_LIMITS.maxBytes) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  open(name: string, next: number, window: number): Line {
    const record = this.#use(name, window) ?? this.#create(name, window);
    if (next - 1 > record.last) {
      record.last = next - 1;
      this.#forget(record, 0);
    }
    return { epoch: record.epoch, last: record.last };
  }

  claim(name: string, claim: Claim): Claimed {
    const { n, epoch, acked, token, attempt } = claim;
    const record = this.#use(name, claim.window);
    if (record === undefined || record.epoch !== epoch) return { state: "epoch" };
    this.#forget(record, Math.min(acked, n - 1));
    if (n <= record.last) return this.#claimAgain(record, claim);
    if (n > record.last + 1) return { state: "order", next: record.last + 1 };
    record.last = n;
    this.#set(record, n, { holder: { token, attempt } });
    this.#forget(record, 0);
    return { state: "claimed" };
  }

  #claimAgain(record: Record, { n, token, over, attempt }: Claim): Claimed {
    const entry = record.entries.get(n);
    if (entry === undefined) return { state: "settled", reply: undefined };
    if (!("holder" in entry)) return { state: "settled", reply: entry.reply };
    const { holder } = entry;
    if (holder.token === token) return { state: "claimed" };
    if (holder.token !== over?.token) return { state: "running", holder };
    this.#set(record, n, { holder: { token, attempt } });
    return { state: "claimed" };
  }

  settle(name: string, { n, token, reply, window }: Settlement): boolean {
    const record = this.#use(name, window);
    const entry = record?.entries.get(n);
    if (record === undefined || entry === undefined) return false;
    if (!("holder" in entry)) return entry.token === token && entry.reply === reply;
    if (entry.holder.token !== token) return false;
    this.#set(record, n, { token, reply });
    return true;
  }

  /** A record that is not forgotten yet: it is kept for another window. */
  #use(name: string, window: number): Record | undefined {
    const record = this.#records.get(name);
    const now = this.#clock.now();
    this.#sweep(now);
    if (record === undefined || record.until <= now) return undefined;
    this.#records.delete(name);
    this.#records.set(name, record);
    record.until = now + window;
    return record;
  }

  #create(name: string, window: number): Record {
    this.#drop(name);
    const record: Record = {
      epoch: randomBytes(9).toString("base64url"),
      last: 0,
      entries: new Map(),
      until: this.#clock.now() + window,
      bytes: RECORD_BYTES,
    };
    this.#records.set(name, record);
    this.#bytes += record.bytes;
    this.#evict(name);
    return record;
  }

  /** Forgets numbers that the client is done with, and old ones. */
  #forget(record: Record, done: number): void {
    const limit = Math.max(done, record.last - KEPT_REPLIES);
    for (const [n, entry] of record.entries) {
      if (n > limit) return; // claimed in order
      this.#remove(record, n, entry);
    }
  }

  #set(record: Record, n: number, entry: Entry): void {
    const before = record.entries.get(n);
    if (before !== undefined) this.#weigh(record, -bytesOf(before));
    record.entries.set(n, entry);
    this.#weigh(record, bytesOf(entry));
  }

  #remove(record: Record, n: number, entry: Entry): void {
    record.entries.delete(n);
    this.#weigh(record, -bytesOf(entry));
  }

  #weigh(record: Record, bytes: number): void {
    record.bytes += bytes;
    this.#bytes += bytes;
  }

  #drop(name: string): void {
    this.#bytes -= this.#records.get(name)?.bytes ?? 0;
    this.#records.delete(name);
  }

  /** The least recently used ones go first. Windows may differ between channels, so some wait behind longer ones. */
  #sweep(now: number): void {
    for (const [name, { until }] of this.#records) {
      if (until > now) return;
      this.#drop(name);
    }
  }

  #evict(current: string): void {
    for (const name of this.#records.keys()) {
      if (this.#bytes <= this.#maxBytes || name === current) return;
      this.#drop(name);
    }
  }
}

const bytesOf = (entry: Entry): number => NUMBER_BYTES + ("holder" in entry ? 0 : (entry.reply?.length ?? 0) * 2);
