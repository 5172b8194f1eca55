/**
 * What a channel holds back for a client that is behind: the newest message of each event and key. Made when the client
 * falls behind, and gone when it has caught up or something that must arrive is sent.
 */
import type { Droppable } from "./droppable.ts";

/** What an entry counts beside its data. */
const ENTRY_SIZE = 64;

export class Held {
  readonly #maxKeys: number;
  readonly #maxBytes: number;
  /** In the order in which they came: a newer message goes to the end. */
  readonly #messages = new Map<string, Droppable>();
  #bytes = 0;
  #conflated = 0;
  #volatile = 0;

  constructor(maxKeys: number, maxBytes: number) {
    this.#maxKeys = maxKeys;
    this.#maxBytes = maxBytes;
  }

  /** How many messages were replaced by newer ones, and how many volatile ones were dropped. */
  get skipped(): { readonly conflated: number; readonly volatile: number } | undefined {
    if (this.#conflated + this.#volatile === 0) return undefined;
    return { conflated: this.#conflated, volatile: this.#volatile };
  }

  dropVolatile(): void {
    this.#volatile++;
  }

  /** Holds a message, in place of an older one. Returns the oldest others that there is no room for. */
  add(slot: string, message: Droppable): readonly Droppable[] {
    if (this.#remove(slot) !== undefined) this.#conflated++;
    this.#messages.set(slot, message);
    this.#bytes += sizeOf(message);
    const excess: Droppable[] = [];
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= this.#maxKeys && this.#bytes <= this.#maxBytes) break;
      excess.push(this.#remove(oldest) as Droppable);
    }
    return excess;
  }

  /** Everything, oldest first. */
  takeAll(): readonly Droppable[] {
    const all = [...this.#messages.values()];
    this.#messages.clear();
    this.#bytes = 0;
    return all;
  }

  #remove(slot: string): Droppable | undefined {
    const message = this.#messages.get(slot);
    if (message === undefined) return undefined;
    this.#messages.delete(slot);
    this.#bytes -= sizeOf(message);
    return message;
  }
}

const sizeOf = ({ frame }: Droppable): number => ENTRY_SIZE + frame.data.length;
