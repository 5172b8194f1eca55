/**
 * What was ever stored, also what was lost, trimmed or removed since: the truth that a run is judged by. It belongs to the
 * test; nothing of the product sees it.
 */
import { tagOf } from "../../../src/pubsub/history/position.ts";
import type { Generation, Head } from "../../../src/pubsub/history/position.ts";
import type { Position } from "../../../src/pubsub.ts";

/** An entry of a log, and what stood before it: the logs of a topic are a tree, because failovers lose entries. */
export interface GhostEntry {
  readonly topic: string;
  readonly lineage: string;
  readonly tag: string;
  readonly offset: number;
  /** Of the payload: which publish it was. */
  readonly id: string;
  /** Undefined for the first of a log. */
  readonly previous: GhostEntry | undefined;
  /** Virtual time. */
  readonly at: number;
  readonly producer: string;
  readonly seq: number;
}

/** A place in a log: behind an entry, or at its beginning. */
export interface Place {
  readonly lineage: string;
  /** The generation in which it was read. */
  readonly tag: string;
  readonly entry: GhostEntry | undefined;
}

/** A state that some log was in, from a time on, until the next one of the same topic. */
export interface Moment {
  readonly at: number;
  readonly head: Head;
  readonly newest: GhostEntry | undefined;
}

interface Life {
  readonly entries: Map<number, GhostEntry>;
  /** The generation before, up to this offset. */
  readonly before: { readonly tag: string; readonly boundary: number } | undefined;
}

export class Ghost {
  /** Every entry by the id of its payload. */
  readonly #byId = new Map<string, GhostEntry[]>();
  readonly #lives = new Map<string, Life>();
  readonly #moments = new Map<string, Moment[]>();
  /** The furthest that a log was ever trimmed to: its oldest entry had this offset. */
  readonly #oldest = new Map<string, number>();
  readonly #used = new Map<string, number>();
  readonly #top = new Map<string, number>();
  readonly all: GhostEntry[] = [];

  /** A log, or a generation of one, begins. */
  begins(topic: string, head: Head, newest: GhostEntry | undefined, at: number): void {
    const { tag, boundary } = head.chain.at(-1) as Generation;
    const before = head.chain.at(-2);
    this.#lives.set(`${head.lineage}.${tag}`, {
      entries: new Map(),
      before: before === undefined ? undefined : { tag: before.tag, boundary },
    });
    this.moment(topic, head, newest, at);
  }

  /** From now on a log stands here, although nobody has stored anything: it failed over. */
  moment(topic: string, head: Head, newest: GhostEntry | undefined, at: number): void {
    const moments = this.#moments.get(topic) ?? [];
    moments.push({ at, head, newest });
    this.#moments.set(topic, moments);
  }

  stored(entry: GhostEntry): void {
    this.all.push(entry);
    this.#top.set(entry.lineage, Math.max(entry.offset, this.topOf(entry.lineage)));
    const same = this.#byId.get(entry.id);
    if (same === undefined) this.#byId.set(entry.id, [entry]);
    else same.push(entry);
    this.#lives.get(`${entry.lineage}.${entry.tag}`)?.entries.set(entry.offset, entry);
  }

  /** A server has used a log. */
  used(lineage: string, at: number): void {
    this.#used.set(lineage, at);
  }

  trimmed(lineage: string, oldest: number): void {
    this.#oldest.set(lineage, Math.max(oldest, this.#oldest.get(lineage) ?? 1));
  }

  entriesOf(id: string): readonly GhostEntry[] {
    return this.#byId.get(id) ?? [];
  }

  /** The place that a position names. Undefined when no log ever had it. */
  at({ epoch, offset }: Position): Place | undefined {
    const dot = epoch.indexOf(".");
    const lineage = epoch.slice(0, dot);
    const read = epoch.slice(dot + 1);
    let tag = read;
    for (;;) {
      const life = this.#lives.get(`${lineage}.${tag}`);
      if (life === undefined) return undefined;
      if (life.before !== undefined && offset <= life.before.boundary) {
        tag = life.before.tag;
        continue;
      }
      const entry = life.entries.get(offset);
      return entry === undefined && offset !== 0 ? undefined : { lineage, tag: read, entry };
    }
  }

  /**
   * Whether a place was lost at some time: another log took its topic, a failover lacked its entry, or did not know of the
   * generation in which it was read.
   */
  wasLost(topic: string, place: Place): boolean {
    const { lineage } = place;
    const moments = this.#moments.get(topic) ?? [];
    const start = moments.find(({ head }) => head.lineage === lineage)?.at ?? 0;
    const own = this.#tagsUpTo(lineage, place.tag);
    return moments.some(({ at, head, newest }) => {
      if (head.lineage !== lineage) return (this.#used.get(head.lineage) ?? at) >= start;
      if (own.has(tagOf(head))) return false; // its own past
      return !contains(newest, lineage, place) || !head.chain.some(({ tag }) => tag === place.tag);
    });
  }

  /** A generation and those before it. */
  #tagsUpTo(lineage: string, last: string): Set<string> {
    const tags = new Set<string>();
    for (let tag: string | undefined = last; tag !== undefined;) {
      tags.add(tag);
      tag = this.#lives.get(`${lineage}.${tag}`)?.before?.tag;
    }
    return tags;
  }

  /** The newest offset that a log ever had. */
  topOf(lineage: string): number {
    return this.#top.get(lineage) ?? 0;
  }

  /** The furthest that a log was trimmed to: the offset of its oldest entry. */
  oldestOf(lineage: string): number {
    return this.#oldest.get(lineage) ?? 1;
  }
}

/** Whether what stands before a place stands in the same log at, or before, an entry. */
export function contains(
  newest: GhostEntry | undefined,
  lineage: string,
  { lineage: own, entry }: Omit<Place, "tag">,
): boolean {
  if (own !== lineage) return false;
  if (entry === undefined) return true;
  let at = newest;
  while (at !== undefined && at.offset > entry.offset) at = at.previous;
  return at === entry;
}
