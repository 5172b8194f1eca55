/** What is known of the logs: from confirmations, deliveries and snapshots. */
import type { Line, Position } from "../history.ts";
import type { Tell } from "./violation.ts";

interface Generation {
  readonly ids: Map<number, string>;
  /** The newest offset that is known. */
  top: number;
}

export const lineageOf = (epoch: string): string => epoch.slice(0, epoch.lastIndexOf("."));

export class Logs {
  readonly #tell: Tell;
  readonly #topics = new Map<string, Map<string, Generation>>();
  /** Where each id is, by epoch. An id belongs to one topic. */
  readonly #places = new Map<string, Map<string, number>>();
  readonly #last = new Map<string, string>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  learn(line: Line, topicOf: ReadonlyMap<string, string>): void {
    if (line.op === "publish" && line.pos !== undefined) this.#note(line.topic, line.pos, line.id);
    if (line.op === "deliver" && line.pos !== undefined) {
      this.#note(topicOf.get(line.run) as string, line.pos, line.id);
    }
    if (line.op !== "log") return;
    this.#last.set(line.topic, line.epoch);
    for (const [offset, id] of line.entries) this.#note(line.topic, { epoch: line.epoch, offset }, id);
  }

  at(topic: string, epoch: string, offset: number): string | undefined {
    return this.#topics.get(topic)?.get(epoch)?.ids.get(offset);
  }

  /** The generation in which the log was read last. */
  lastEpoch(topic: string): string | undefined {
    return this.#last.get(topic);
  }

  /** The newest offset of a generation that is known. */
  top(topic: string, epoch: string): number {
    return this.#topics.get(topic)?.get(epoch)?.top ?? 0;
  }

  placesOf(id: string): ReadonlyMap<string, number> {
    return this.#places.get(id) ?? new Map();
  }

  /**
   * Whether all that is up to a position is in a generation of the log, too; undefined when nobody has seen it. A log is
   * the same up to an entry that two of its generations have at one offset.
   */
  isOnPath(topic: string, { epoch, offset }: Position, other: string): boolean | undefined {
    if (epoch === other) return true;
    if (lineageOf(epoch) !== lineageOf(other)) return false;
    if (offset === 0) return true;
    const [here, there] = [this.at(topic, epoch, offset), this.at(topic, other, offset)];
    return here === undefined || there === undefined ? undefined : here === there;
  }

  /** The ids between an offset and an entry, in the log that has this entry, as far as anybody has seen them. */
  between(topic: string, from: number, entry: Position): Set<string> {
    const between = new Set<string>();
    if (entry.offset - from <= 1) return between;
    for (const [epoch, { ids }] of this.#topics.get(topic) ?? []) {
      if (epoch !== entry.epoch && this.isOnPath(topic, entry, epoch) !== true) continue;
      for (let offset = from + 1; offset < entry.offset; offset++) {
        const id = ids.get(offset);
        if (id !== undefined) between.add(id);
      }
    }
    return between;
  }

  #note(topic: string, { epoch, offset }: Position, id: string): void {
    const epochs = this.#topics.get(topic) ?? new Map<string, Generation>();
    this.#topics.set(topic, epochs);
    const generation = epochs.get(epoch) ?? { ids: new Map<number, string>(), top: 0 };
    epochs.set(epoch, generation);
    const known = generation.ids.get(offset);
    if (known !== undefined && known !== id) {
      this.#tell({ kind: "conflict", what: `${topic} ${epoch} ${offset} is ${known}, and it is ${id}` });
    }
    generation.ids.set(offset, id);
    generation.top = Math.max(generation.top, offset);
    const places = this.#places.get(id) ?? new Map<string, number>();
    this.#places.set(id, places);
    const place = places.get(epoch);
    if (place !== undefined && place !== offset) {
      this.#tell({ kind: "duplicate", what: `${id} is at ${place} and at ${offset} of ${topic} ${epoch}` });
    }
    places.set(epoch, offset);
  }
}
