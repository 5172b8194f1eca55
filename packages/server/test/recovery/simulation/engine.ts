/**
 * A store's server, as the contract of stores describes it: logs in memory, which it may lose, in whole or in part, as real
 * ones do. Several exist while a failover is not known to everybody.
 */
import { isOnPath, nextGeneration, tagOf } from "../../../src/pubsub/history/position.ts";
import type { Head } from "../../../src/pubsub/history/position.ts";
import type {
  Appended,
  Batch,
  HistoryRule,
  NewEntry,
  Range,
  Slice,
  Stored,
} from "../../../src/pubsub/history/store.ts";
import type { Ghost, GhostEntry, Place } from "./ghost.ts";

/** An entry, with the truth about it. */
interface Kept {
  readonly stored: Stored;
  readonly ghost: GhostEntry;
}

/** The log of one topic. Nothing in it is changed in place: a replica is a copy of the map. */
interface Log {
  readonly head: Head;
  /** The life of the server that has touched it last. */
  readonly identity: string;
  /** Those that are not trimmed. */
  readonly kept: readonly Kept[];
  readonly newest: GhostEntry | undefined;
  /** Offsets by idempotency key. */
  readonly ids: ReadonlyMap<string, number>;
}

/** What all servers of a simulation share. */
export interface EngineWorld {
  readonly ghost: Ghost;
  /** Names that no log, generation or server had before. */
  newName(): string;
  /** Virtual time. */
  now(): number;
  /** Milliseconds since 1970. */
  date(): number;
  idOf(body: NewEntry["body"]): string;
}

export type Logs = ReadonlyMap<string, Log>;

export class Engine {
  readonly #world: EngineWorld;
  readonly #logs: Map<string, Log>;
  /** One life of it: another one after each restart. */
  readonly #identity: string;
  /** Receives each entry as it is stored. */
  readonly listeners = new Set<(entry: Stored) => void>();

  constructor(world: EngineWorld, logs: Logs = new Map()) {
    this.#world = world;
    this.#logs = new Map(logs);
    this.#identity = world.newName();
  }

  /** What a replica has that is up to date. */
  copy(): Logs {
    return new Map(this.#logs);
  }

  heads(topics: readonly string[]): (Head | undefined)[] {
    return topics.map((topic) => this.#logs.get(topic)?.head);
  }

  /** Everything is gone. */
  flush(): void {
    this.#logs.clear();
  }

  /** Where a log stands. */
  placeOf(topic: string): Place | undefined {
    const log = this.#logs.get(topic);
    return log && { lineage: log.head.lineage, tag: tagOf(log.head), entry: log.newest };
  }

  clear(topic: string): void {
    this.#logs.delete(topic);
  }

  /** As the contract says, and also when a late first try comes after its own repeat. */
  append(batch: Batch, isLate: boolean): Appended | "unknown" {
    const { topic, rule, producer, entries } = batch;
    let log = this.#use(topic);
    const at = this.#world.date();
    const known = knownOffsets(log, batch);
    if (known === undefined && isLate && isOnLog(log, batch)) return "unknown"; // nobody waits for the answer
    if (known !== undefined) return { head: log.head, at, offsets: known };
    if (batch.isRepeat && !isRuledOut(log, batch.known)) return "unknown";
    const offsets: number[] = [];
    const added: Kept[] = [];
    const ids = new Map(log.ids);
    let { top } = log.head;
    let { newest } = log;
    for (const entry of entries) {
      const first = entry.id === undefined ? undefined : ids.get(entry.id);
      offsets.push(first ?? ++top);
      if (first !== undefined) continue;
      if (entry.id !== undefined) ids.set(entry.id, top);
      const kept = this.#store(log, { topic, producer, entry, offset: top, at, previous: newest });
      newest = kept.ghost;
      added.push(kept);
    }
    log = { ...log, head: { ...log.head, top }, newest, ids, kept: [...log.kept, ...added] };
    this.#logs.set(topic, this.#trim(log, rule));
    for (const { stored } of added) for (const listener of this.listeners) listener(stored);
    return { head: log.head, at, offsets };
  }

  read(topic: string, rule: HistoryRule, { after, limit, reverse = false }: Range): Slice {
    const log = this.#trim(this.#use(topic), rule);
    this.#logs.set(topic, log);
    const kept = log.kept.map(({ stored }) => stored);
    const oldest = log.head.top - kept.length + 1;
    const from = after === undefined ? kept.length - limit : after + 1 - oldest;
    const entries = kept.slice(Math.max(from, 0), after === undefined ? undefined : Math.max(from, 0) + limit);
    return { head: log.head, oldest, entries: reverse ? entries.toReversed() : entries };
  }

  /** The log as it is now: a new one, or a new generation when this server has not had it yet. */
  #use(topic: string): Log {
    const { ghost } = this.#world;
    const identity = this.#identity;
    const present = this.#logs.get(topic);
    if (present?.identity === identity) {
      ghost.used(present.head.lineage, this.#world.now());
      return present;
    }
    const tag = this.#world.newName();
    const head: Head =
      present === undefined
        ? { lineage: this.#world.newName(), chain: [{ tag, boundary: 0 }], top: 0 }
        : nextGeneration(present.head, tag);
    const log: Log =
      present === undefined
        ? { head, identity, kept: [], newest: undefined, ids: new Map() }
        : { ...present, head, identity };
    ghost.begins(topic, head, log.newest, this.#world.now());
    this.#logs.set(topic, log);
    return log;
  }

  #store(
    { head: { lineage, chain } }: Log,
    {
      entry,
      previous,
      ...place
    }: Pick<Stored, "topic" | "producer" | "offset" | "at"> & { entry: NewEntry; previous: GhostEntry | undefined },
  ): Kept {
    const { event, body, from, seq } = entry;
    const tag = (chain.at(-1) as { readonly tag: string }).tag;
    const stored: Stored = { ...place, lineage, tag, event, body, from, seq };
    const { topic, producer, offset } = place;
    const id = this.#world.idOf(body);
    const ghost: GhostEntry = { topic, lineage, tag, offset, id, previous, at: this.#world.now(), producer, seq };
    this.#world.ghost.stored(ghost);
    return { stored, ghost };
  }

  #trim(log: Log, { size, ttl }: HistoryRule): Log {
    const expired = this.#world.date() - ttl;
    const kept = log.kept.slice(-size).filter(({ stored }) => stored.at > expired);
    this.#world.ghost.trimmed(log.head.lineage, log.head.top - kept.length + 1);
    return { ...log, kept };
  }
}

/** The offsets of a batch that is in the log already. Undefined when it is not, or when it is trimmed: a store cannot see that. */
function knownOffsets({ kept, newest, ids }: Log, { producer, entries }: Batch): number[] | undefined {
  const seqs = new Set(entries.map(({ seq }) => seq));
  if (!kept.some(({ stored }) => stored.producer === producer && seqs.has(stored.seq))) return undefined;
  const offsets = new Map<number, number>();
  for (let at = newest; at !== undefined; at = at.previous) {
    if (at.producer === producer && seqs.has(at.seq)) offsets.set(at.seq, at.offset);
  }
  return entries.map(({ seq, id }) => offsets.get(seq) ?? (ids.get(id ?? "") as number));
}

/** Whether a batch was ever stored in this log. */
function isOnLog({ newest }: Log, { producer, entries }: Batch): boolean {
  const first = entries[0]?.seq ?? 0;
  for (let at = newest; at !== undefined; at = at.previous)
    if (at.producer === producer && at.seq >= first) return true;
  return false;
}

/** Whether a batch that is not among the entries was never stored. */
function isRuledOut({ head, kept }: Log, known: Parameters<typeof isOnPath>[1] | undefined): boolean {
  if (known === undefined || !isOnPath(head, known)) return false;
  return head.top - kept.length + 1 <= known.offset + 1;
}
