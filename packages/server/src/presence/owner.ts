/** What one channel tracks, including what it will track once its join is done. */
import { WingbeatError } from "../errors.ts";
import { alreadyTracked, notTracked } from "../tracker.ts";

/** Maximum length of a presence's key in characters: every client gets it in every diff. */
const MAX_KEY_LENGTH = 1_024;

export class Owner {
  readonly #limit: number;
  readonly spend: (bytes: number) => void;
  readonly #slots = new Set<string>();

  /** `limit`: the maximum number of presences. `spend` gets the length of each meta that is tracked. */
  constructor(limit: number, spend: (bytes: number) => void) {
    this.#limit = limit;
    this.spend = spend;
  }

  get slots(): Iterable<string> {
    return this.#slots;
  }

  /** Throws `WB_ALREADY_TRACKED`, or `WB_PRESENCE_LIMIT` when it has too many or the key is too long. */
  claim(topic: string, key: string): void {
    if (key.length > MAX_KEY_LENGTH) {
      throw new WingbeatError(
        "WB_PRESENCE_LIMIT",
        `a presence's key has ${key.length} characters, the limit is ${MAX_KEY_LENGTH}: use an id.`,
      );
    }
    const slot = slotOf(topic, key);
    if (this.#slots.has(slot)) throw alreadyTracked(topic, key);
    if (this.#slots.size >= this.#limit) {
      throw new WingbeatError(
        "WB_PRESENCE_LIMIT",
        `one channel may track ${this.#limit} presences (maxPresences): "${key}" on "${topic}" is one too many.`,
      );
    }
    this.#slots.add(slot);
  }

  /** Throws `WB_NOT_TRACKED`. */
  check(topic: string, key: string): void {
    if (!this.#slots.has(slotOf(topic, key))) throw notTracked(topic, key);
  }

  release(topic: string, key: string): void {
    this.#slots.delete(slotOf(topic, key));
  }

  releaseAll(): void {
    this.#slots.clear();
  }
}

/** Topic and key combined into one unambiguous string. */
export const slotOf = (topic: string, key: string): string => `${topic.length}:${topic}${key}`;
