/** The entries visible to readers: those of replicas that are up, by topic and key. Pure. */
import type { Entry } from "./delta.ts";

type Keys = ReadonlyMap<string, readonly Entry[]>;

const NO_KEYS: Keys = new Map();
const NO_ENTRIES: readonly Entry[] = [];

export class View {
  readonly #topics = new Map<string, Map<string, Entry[]>>();

  /** The entries of a topic, by key; entries of a key are in order of arrival. */
  of(topic: string): Keys {
    return this.#topics.get(topic) ?? NO_KEYS;
  }

  entries(topic: string, key: string): readonly Entry[] {
    return this.of(topic).get(key) ?? NO_ENTRIES;
  }

  get entriesByTopic(): Iterable<readonly [topic: string, keys: Keys]> {
    return this.#topics;
  }

  /** How many topics have entries. */
  get topics(): number {
    return this.#topics.size;
  }

  /**
   * Shows an entry. It takes the place of one of the same pid with a lower clock, so that readers always see one of
   * them. Returns the one that is not shown, if there were two.
   */
  put(entry: Entry): Entry | undefined {
    let keys = this.#topics.get(entry.topic);
    if (keys === undefined) this.#topics.set(entry.topic, (keys = new Map()));
    const entries = keys.get(entry.key);
    if (entries === undefined) {
      keys.set(entry.key, [entry]);
      return undefined;
    }
    const place = entries.findIndex(({ replica, pid }) => replica === entry.replica && pid === entry.pid);
    const other = entries[place];
    if (other === undefined) entries.push(entry);
    else if (other.clock > entry.clock) return entry;
    else entries[place] = entry;
    return other;
  }

  /** Hides an entry; one that is not shown is ignored. */
  remove(entry: Entry): void {
    const keys = this.#topics.get(entry.topic);
    const entries = keys?.get(entry.key);
    const place = entries?.indexOf(entry) ?? -1;
    if (keys === undefined || entries === undefined || place === -1) return;
    entries.splice(place, 1);
    if (entries.length > 0) return;
    keys.delete(entry.key);
    if (keys.size === 0) this.#topics.delete(entry.topic);
  }
}
