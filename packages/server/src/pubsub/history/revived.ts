/**
 * Messages that were made of entries for clients that came back: one object for all that ask for the same at about the same
 * time, so that its frames are made once.
 */
import type { Clock } from "./clock.ts";
import type { Recordable } from "./publisher.ts";
import type { Stored } from "./store.ts";

/** How many are kept, with how many bytes, and for how many milliseconds. */
const MOST_MESSAGES = 1_000;
const MOST_BYTES = 16 * 1024 * 1024;
const KEPT = 10_000;

export class Revived {
  readonly #revive: (entry: Stored) => Recordable;
  readonly #clock: Clock;
  readonly #messages = new Map<Stored, Recordable>();
  #bytes = 0;
  #forgetting: { cancel(): void } | undefined = undefined;

  constructor(revive: (entry: Stored) => Recordable, clock: Clock) {
    this.#revive = revive;
    this.#clock = clock;
  }

  /** The message of an entry. Throws for what is none. */
  of(entry: Stored): Recordable {
    return this.#messages.get(entry) ?? this.#make(entry);
  }

  #make(entry: Stored): Recordable {
    const message = this.#revive(entry);
    message.recorded = {
      position: { epoch: `${entry.lineage}.${entry.tag}`, offset: entry.offset },
      from: entry.from,
    };
    const { length } = entry.body;
    if (this.#messages.size >= MOST_MESSAGES || this.#bytes + length > MOST_BYTES) this.#clear();
    this.#messages.set(entry, message);
    this.#bytes += length;
    this.#forgetting ??= this.#clock.after(KEPT, () => this.forget());
    return message;
  }

  forget(): void {
    this.#forgetting?.cancel();
    this.#forgetting = undefined;
    this.#clear();
  }

  #clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }
}
