/**
 * The names of logs. A topic has one before anything is stored, and it is not remembered but computed: clients that join one
 * topic after the other must not fill the memory, nor push out the logs of others.
 */
import { createHash, randomBytes } from "node:crypto";

/** Removed logs are counted in so many places: each removal also renames the empty topics that share its place. */
const PLACES = 65_536;

export class LogNames {
  readonly #secret: string;
  /** How many logs were removed, by place: a topic whose log was removed must get another name. */
  readonly #removed: Map<number, number>;

  constructor(
    secret: string = randomBytes(16).toString("base64url"),
    removed: readonly (readonly [number, number])[] = [],
  ) {
    this.#secret = secret;
    this.#removed = new Map(removed);
  }

  /** The name of the next log of a topic. */
  next(topic: string): string {
    const place = placeOf(topic);
    return digest(`${this.#secret}:${this.#removed.get(place) ?? 0}:${topic}`).toString("base64url", 0, 9);
  }

  /** The log of a topic was removed: the next one has another name. */
  removed(topic: string): void {
    const place = placeOf(topic);
    this.#removed.set(place, (this.#removed.get(place) ?? 0) + 1);
  }

  toJSON(): readonly [secret: string, removed: readonly (readonly [number, number])[]] {
    return [this.#secret, [...this.#removed]];
  }
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const placeOf = (topic: string): number => digest(topic).readUInt32BE(0) % PLACES;
