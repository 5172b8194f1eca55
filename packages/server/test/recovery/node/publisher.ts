/** Publishes, and writes down what came of it. What may not have been stored is repeated until it is known. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../../../src/index.ts";
import type { Random } from "../../attack/random.ts";
import type { Position, Recorder } from "../history.ts";
import { toBytes } from "./said.ts";
import type { Said } from "./said.ts";
import { TEXT_ONLY } from "./settings.ts";

/** Messages under way at once; beyond it, none is added. */
const MOST = 100;
const LONGEST = 2_000;

export class Publisher {
  readonly #recorder: Recorder;
  readonly #random: Random;
  readonly #prefix: string;
  #count = 0;
  #underWay = 0;
  #isOver = false;

  constructor(recorder: Recorder, random: Random, prefix: string) {
    this.#recorder = recorder;
    this.#random = random;
    this.#prefix = prefix;
  }

  /** Whether nothing more is to be published: what clients still ask for is not. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Something new to say. */
  make(hidden: readonly string[] = []): Said {
    // Most are short.
    const length = Math.floor(LONGEST * this.#random.next() ** 4);
    return { id: `${this.#prefix}-${++this.#count}`, hidden, padding: "x".repeat(length) };
  }

  /** Writes down what comes of a message. Gives its position. */
  async publish(topic: string, { id, hidden }: Said, send: () => Promise<Position>): Promise<Position> {
    this.#recorder.write({ op: "publish", topic, id, phase: "call", except: hidden });
    this.#underWay++;
    try {
      const pos = await send();
      this.#recorder.write({ op: "publish", topic, id, phase: "ok", pos });
      return pos;
    } catch (error) {
      const isRefused = ["refused", "too_large"].includes((error as { reason?: string }).reason ?? "");
      this.#recorder.write({ op: "publish", topic, id, phase: isRefused ? "refused" : "unknown", why: String(error) });
      throw error;
    } finally {
      this.#underWay--;
    }
  }

  /** Something is sent that nobody awaits. */
  broadcast(topic: string, { id, hidden }: Said, except: readonly string[], send: () => void): void {
    this.#recorder.write({ op: "publish", topic, id, phase: "call", except: [...hidden, ...except] });
    try {
      send();
    } catch {
      this.#recorder.write({ op: "publish", topic, id, phase: "refused" });
    }
  }

  /** Publishes to one topic after the other, every `pace` milliseconds, until it is told to end. */
  async run(endpoint: Endpoint, topics: readonly string[], clients: ReadonlySet<string>, pace: number): Promise<void> {
    while (!this.#isOver) {
      await sleep(pace * 2 * this.#random.next());
      const topic = this.#random.pick(topics);
      const hidden = topic.startsWith("veiled:") ? [...clients].filter(() => this.#random.chance(0.3)) : [];
      if (!this.#isOver && this.#underWay < MOST) void this.persist(endpoint, topic, this.make(hidden));
    }
  }

  /** Publishes with a key, again and again while it is not known whether it is stored. */
  async persist(endpoint: Endpoint, topic: string, said: Said): Promise<Position | undefined> {
    const isBytes = topic !== TEXT_ONLY && this.#random.chance(0.1);
    const send = (): Promise<Position> =>
      endpoint.publish(topic, isBytes ? "bytes" : "said", isBytes ? toBytes(said) : said, { id: said.id });
    this.#underWay++;
    try {
      for (let tries = 0; tries < 20; tries++) {
        const pos = await this.publish(topic, said, send).catch(() => undefined);
        if (pos !== undefined) return pos;
        await sleep(200);
      }
      return undefined;
    } finally {
      this.#underWay--;
    }
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    this.#isOver = true;
    while (this.#underWay > 0) await sleep(20);
  }
}
