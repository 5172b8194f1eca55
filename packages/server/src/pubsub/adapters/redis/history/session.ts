/**
 * One connection of the history store to Redis: a client that runs scripts, and one that hears. It is up when what it
 * sends to each stream has come back, and lasts until the first error; then the store opens another one.
 */
import { randomBytes } from "node:crypto";
import { TELL_EVERY } from "../../../history/counts.ts";
import { redisDrivers } from "../driver.ts";
import type { RedisClient, RedisDriver, Script } from "../driver.ts";
import { SCRIPTS } from "./scripts.ts";

/** Milliseconds that connecting may take, and an answer. */
const PATIENCE = 5_000;
/** Looks so often whether a beat has come back, until the next one. */
const TICKS = 4;
const MOST_SILENCE = 2;
/** Milliseconds for which a stream's canary is kept: it is renewed with each beat. */
const KEEP_CANARY = 86_400_000;

/** Where a store sends and hears, and what it does with it. */
export interface Streams {
  readonly connect: () => RedisClient;
  /** The channel of each stream. */
  readonly channels: readonly string[];
  readonly isSharded: boolean;
  /** Of each stream a key that shows when Redis has lost its memory. */
  readonly canaries: readonly string[];
  /** A message that tells how much was sent on a stream, and over which session. */
  told(stream: number, session: number): Buffer;
  receive(bytes: Uint8Array): void;
  /** Redis has forgotten something, or is not the server that it was. */
  changed(): void;
}

export interface SessionEvents {
  /** It works. */
  up(): void;
  /** It is over: nothing comes from it any more. Called once. */
  lost(error: unknown): void;
}

export class Session {
  readonly #streams: Streams;
  readonly #events: SessionEvents;
  /** Says in a beat over which session it was sent: 32 bits. */
  readonly number = randomBytes(4).readUInt32BE();
  /** What waits for an answer. */
  readonly #waiting = new Set<(error: unknown) => void>();
  /** Streams whose last beat has not come back, and those for which it was not answered. */
  readonly #unheard = new Set<number>();
  readonly #unanswered = new Set<number>();
  /** By stream: what its last beat found. */
  readonly #found: string[] = [];
  #timer: NodeJS.Timeout;
  #drivers: readonly RedisDriver[] = [];
  #isUp = false;
  #isOver = false;
  #ticks = 0;
  /** Ticks in a row at which the last beat had not come back. */
  #silence = 0;

  constructor(streams: Streams, events: SessionEvents) {
    this.#streams = streams;
    this.#events = events;
    this.#timer = setTimeout(() => this.fail(new Error(this.#problem())), PATIENCE);
    this.#open().catch((error: unknown) => this.fail(error));
  }

  /** Runs a script. Rejects with what Redis or the client says, or with why the session is over. */
  run(script: Script, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    if (this.#isOver) return Promise.reject(new Error("the connection to Redis is closed"));
    const commands = this.#drivers[0] as RedisDriver;
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      commands
        .run(script, keys, args)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(reject));
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends a message to all, and gives what it found out about Redis. */
  tell(stream: number, message: Buffer): Promise<unknown> {
    const { canaries, channels, isSharded } = this.#streams;
    const canary = randomBytes(8).toString("hex");
    const publish = isSharded ? "SPUBLISH" : "PUBLISH";
    const args = [canary, String(KEEP_CANARY), publish, channels[stream] as string, message];
    return this.run(SCRIPTS.beat, [canaries[stream] as string], args);
  }

  /** A beat of this session has come back. */
  heard(stream: number): void {
    this.#unheard.delete(stream);
    this.#upIfComplete();
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    void this.close(error);
    this.#events.lost(error);
  }

  /** Ends it. What waits for an answer is rejected. */
  async close(reason: unknown = new Error("the history store was stopped")): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
    await Promise.allSettled(this.#drivers.map(async (driver) => driver.close()));
  }

  async #open(): Promise<void> {
    const { connect, channels, isSharded } = this.#streams;
    const [commands, subscriber] = redisDrivers(connect, (error) => this.fail(error));
    this.#drivers = [commands, subscriber];
    const ifOpen = (bytes: Uint8Array): void => {
      if (!this.#isOver) this.#streams.receive(bytes);
    };
    await Promise.all([commands.open(), subscriber.subscribe(channels, ifOpen, isSharded)]);
    this.#beat();
  }

  #upIfComplete(): void {
    if (this.#isUp || this.#isOver || this.#unheard.size > 0 || this.#unanswered.size > 0) return;
    this.#isUp = true;
    clearTimeout(this.#timer);
    this.#timer = setInterval(() => this.#tick(), TELL_EVERY / TICKS);
    this.#timer.unref();
    this.#events.up();
  }

  #problem(): string {
    if (this.#unheard.size === 0) return `no answer within ${PATIENCE} ms`;
    const channel = this.#streams.channels[[...this.#unheard][0] as number] as string;
    return `connected, but what was sent to "${channel}" did not come back within ${PATIENCE} ms`;
  }

  /** Counts its turns: a process that was busy gets to read between two of them. */
  #tick(): void {
    this.#silence = this.#unheard.size > 0 || this.#unanswered.size > 0 ? this.#silence + 1 : 0;
    if (this.#silence > MOST_SILENCE) return this.fail(new Error("Redis is connected but delivers nothing"));
    if (++this.#ticks % TICKS === 0) this.#beat();
  }

  /** Sends something to each stream, and looks whether Redis is still the one it was. */
  #beat(): void {
    for (const stream of this.#streams.channels.keys()) {
      this.#unheard.add(stream);
      this.#unanswered.add(stream);
    }
    for (const stream of this.#streams.channels.keys()) {
      this.#beatOf(stream).catch((error: unknown) => this.fail(error));
    }
  }

  async #beatOf(stream: number): Promise<void> {
    const [kind, ...found] = strings(await this.tell(stream, this.#streams.told(stream, this.number)));
    if (kind !== "alive") throw new Error(found[0]);
    const [tag, kept, unheard] = found as [string, string, string];
    if (unheard !== "") throw new Error(unheard);
    if (tag === "") throw new Error("NOPERM this user or service does not allow INFO in scripts");
    this.#unanswered.delete(stream);
    this.#upIfComplete();
    const before = this.#found[stream];
    this.#found[stream] = `${tag} ${kept}`;
    if (before !== undefined && before !== this.#found[stream]) this.#streams.changed();
  }
}

/** An answer of strings. */
export function strings(answer: unknown): string[] {
  if (!Array.isArray(answer)) throw new Error("Redis answered a script with something else than a list");
  return answer.map(String);
}
