/**
 * A client without a library, which follows PROTOCOL.md section 17 in the simplest way: whatever goes wrong, it connects
 * anew. It asks again for numbers that it has the reply to, and sends some out of order.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../../attack/random.ts";
import type { Recorder } from "../../../recovery/history.ts";
import { NumberedClient } from "../../numbered-client.ts";
import type { Answer } from "../../numbered-client.ts";
import { EVENT, HOW, TOPICS } from "../settings.ts";
import type { How } from "../settings.ts";
import type { Happened, Policy } from "../story.ts";

/** Without a reply at a time. */
const MOST_UNANSWERED = 12;
/** The newest numbers are not acknowledged for a while: they may be asked for again. */
const LAG = 8;
/** Milliseconds without an answer after which a connection is given up. A server may need 10 s to give up a dead one. */
const PATIENCE = 15_000;

/** One line. Pushes have the numbers in which they are made. */
class PlainLine {
  readonly topic: string;
  readonly session = randomBytes(16).toString("base64url");
  readonly #name: string;
  readonly #policy: Policy;
  readonly #recorder: Recorder<Happened>;
  readonly #random: Random;
  readonly #pushes: number;
  /** What each number asks for. */
  readonly #hows: How[] = [];
  readonly #open = new Set<number>();
  #epoch = "";
  /** Those that were sent under an epoch. */
  readonly #sent = new Set<number>();

  constructor(client: string, topic: string, pushes: number, recorder: Recorder<Happened>, random: Random) {
    this.topic = topic;
    this.#name = `${client}/${topic}`;
    this.#policy = topic.split(":")[0] as Policy;
    this.#pushes = pushes;
    this.#recorder = recorder;
    this.#random = random;
  }

  get isMade(): boolean {
    return this.#hows.length === this.#pushes;
  }

  get open(): number {
    return this.#open.size;
  }

  get isSettled(): boolean {
    return this.isMade && this.open === 0;
  }

  /** Joins, and pushes until something goes wrong or everything has ended. */
  async live(client: NumberedClient): Promise<void> {
    const joined = await client.join(this.topic, this.session);
    const first = this.#firstOpen;
    const opened = joined?.status === "ok" ? await client.open(this.topic, this.session, first) : undefined;
    if (opened?.status !== "ok") return client.drop();
    const { epoch } = opened.response as { readonly epoch: string };
    if (epoch !== this.#epoch) {
      // Of what was sent under the one before nobody knows.
      for (const n of this.#open) if (this.#sent.has(n)) this.#settle(n, "unknown");
      this.#sent.clear();
      this.#epoch = epoch;
    }
    for (const n of [...this.#open].sort((a, b) => a - b)) this.#send(client, n);
    this.#makeMore(client);
    if (this.open === 0) client.drop();
    await client.closed;
  }

  get #firstOpen(): number {
    return this.#open.size > 0 ? Math.min(...this.#open) : this.#hows.length + 1;
  }

  #makeMore(client: NumberedClient): void {
    const made: number[] = [];
    while (!this.isMade && this.open < MOST_UNANSWERED) {
      this.#hows.push(this.#random.weighted(HOW));
      const index = this.#hows.length;
      this.#recorder.write({ op: "call", id: this.#idOf(index), line: this.#name, index, policy: this.#policy });
      this.#open.add(index);
      made.push(index);
    }
    // Out of order, now and then: all but the first are to be refused.
    if (made.length > 1 && this.#random.chance(0.3)) made.reverse();
    for (const n of made) this.#send(client, n);
  }

  #send(client: NumberedClient, n: number): void {
    this.#sent.add(n);
    void this.#ask(client, n).then((answer) => this.#answered(client, n, answer));
  }

  #ask(client: NumberedClient, n: number): Promise<Answer | undefined> {
    const acked = Math.max(0, this.#firstOpen - 1 - LAG);
    const number = { n, epoch: this.#epoch, session: this.session, acked };
    const late = setTimeout(() => client.drop(), PATIENCE);
    const wish = { id: this.#idOf(n), how: this.#hows[n - 1] };
    return client.push(this.topic, EVENT, wish, number).finally(() => clearTimeout(late));
  }

  #answered(client: NumberedClient, n: number, answer: Answer | undefined): void {
    if (answer === undefined) return;
    this.#note(n, answer);
    const { push, response } = answer;
    if (push === "later" || push === "order" || push === "epoch") return client.drop();
    if (!this.#open.has(n)) return;
    if (push === undefined) this.#settle(n, "reply", response);
    else this.#settle(n, push === "expired" ? "expired" : "unknown");
    if (this.#random.chance(0.2)) void this.#again(client, n);
    this.#makeMore(client);
    if (this.isSettled) client.drop();
  }

  /** Asks for what has a reply already. */
  async #again(client: NumberedClient, newest: number): Promise<void> {
    const n = Math.max(1, newest - this.#random.int(LAG / 2));
    const answer = await this.#ask(client, n);
    if (answer !== undefined) this.#note(n, answer);
  }

  #note(n: number, { push, response }: Answer): void {
    const id = this.#idOf(n);
    this.#recorder.write({ op: "answer", id, reply: response, ...(push === undefined ? {} : { state: push }) });
  }

  #settle(n: number, how: "reply" | "expired" | "unknown", reply?: unknown): void {
    this.#open.delete(n);
    this.#recorder.write({ op: "settled", id: this.#idOf(n), how, reply });
  }

  #idOf(n: number): string {
    return `${this.#name}/${n}`;
  }
}

export class PlainLines {
  readonly #url: string;
  readonly #name: string;
  readonly #lines: readonly PlainLine[];

  constructor(name: string, url: string, pushes: number, recorder: Recorder<Happened>, random: Random) {
    this.#url = url;
    this.#name = name;
    this.#lines = TOPICS.map((topic) => new PlainLine(name, topic, pushes, recorder, random.fork()));
    for (const line of this.#lines) void this.#live(line);
  }

  get isMade(): boolean {
    return this.#lines.every(({ isMade }) => isMade);
  }

  get isSettled(): boolean {
    return this.#lines.every(({ isSettled }) => isSettled);
  }

  get open(): number {
    return this.#lines.reduce((sum, { open }) => sum + open, 0);
  }

  /** Each line has a connection of its own. */
  async #live(line: PlainLine): Promise<void> {
    while (!line.isSettled) {
      const client = await NumberedClient.connect(this.#url, { name: this.#name }).catch(() => undefined);
      if (client !== undefined) await line.live(client);
      await sleep(50);
    }
  }
}
