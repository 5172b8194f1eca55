/** One well-behaved client. */
import { v1Client, v2Client } from "@wingbeat/protocol";
import type { ClientCodec, Message } from "@wingbeat/protocol";
import { frameBytes, Opcode, RawClient } from "../raw-client.ts";

export interface BystanderOptions {
  readonly port: number;
  readonly path: string;
  readonly name: string;
  readonly vsn: 1 | 2;
}

/** The rooms in which attackers relay, beside the hall and a topic of one's own. */
const ROOMS = ["relay:1", "out:1", "presence:1", "info:1", "echo:1", "slow:1"];
/** Longer than this may nothing be silent: heartbeats, in ms. */
const HEARTBEAT = 20_000;

export class Bystander {
  readonly name: string;
  readonly violations: string[] = [];
  /** How often it has spoken in the hall. */
  said = 0;
  echoes = 0;
  heard = 0;
  readonly #secret: string;
  readonly #codec: ClientCodec;
  readonly #topics: readonly string[];
  readonly #joined = new Set<string>();
  readonly #heardOf = new Map<string, number>();
  #client: RawClient | undefined = undefined;
  #timers: NodeJS.Timeout[] = [];
  #sentAt = 0;
  #echo = 0;
  #present = 0;
  #latencies: number[] = [];
  #whenJoined: (() => void) | undefined = undefined;

  private constructor({ name, vsn }: BystanderOptions) {
    this.name = name;
    this.#secret = `secret-${name}-${Math.random().toString(36).slice(2)}`;
    this.#codec = vsn === 1 ? v1Client : v2Client;
    this.#topics = ["hall", `private:${name}`, ...ROOMS];
  }

  static async open(options: BystanderOptions): Promise<Bystander> {
    const { port, path, name, vsn } = options;
    const bystander = new Bystander(options);
    const client = await RawClient.open(port, `${path}/websocket?vsn=${vsn}.0.0&id=${name}`, {
      frame: (opcode, payload) => bystander.#received(opcode, payload),
      closed: (code, reason) => bystander.#violated(`was closed with ${code} ${reason}`),
    });
    if (!client.isOpen) throw new Error(`${name} was not let in: HTTP ${client.status}`);
    bystander.#client = client;
    for (const topic of bystander.#topics) bystander.#send("join", topic, "phx_join", { key: `key-${name}` });
    await new Promise<void>((resolve) => (bystander.#whenJoined = resolve));
    return bystander;
  }

  get isOpen(): boolean {
    return this.#client?.isOpen === true;
  }

  /** Whether the last echo has been answered. */
  get isEchoed(): boolean {
    return this.#sentAt === 0;
  }

  /** The number of the last thing that was heard of somebody. */
  heardOf(name: string): number {
    return this.#heardOf.get(name) ?? 0;
  }

  takeLatencies(): number[] {
    const latencies = this.#latencies;
    this.#latencies = [];
    return latencies;
  }

  start(every: number): void {
    this.#timers = [
      setInterval(() => this.#speak(), every),
      setInterval(() => this.#send("beat", "phoenix", "heartbeat", {}), HEARTBEAT),
    ];
  }

  /** Whether the server says, now or until the deadline, that so many are present. */
  async sees(count: number, deadline: number): Promise<boolean> {
    while (this.isOpen && this.#present < count && performance.now() < deadline) {
      this.#send("list", "presence:1", "list", {});
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return this.#present >= count;
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #speak(): void {
    this.#send(null, "hall", "say", { n: ++this.said });
    this.#send(null, `private:${this.name}`, "tell", { secret: this.#secret });
    if (!this.isEchoed) return;
    this.#sentAt = performance.now();
    this.#send(`echo${++this.#echo}`, `private:${this.name}`, "echo", { secret: this.#secret, n: this.#echo });
  }

  #send(ref: string | null, topic: string, event: string, payload: object): void {
    const frame = this.#codec.encode({ joinRef: topic === "phoenix" ? null : topic, ref, topic, event, payload });
    this.#client?.write(frameBytes(Opcode.text, frame as string));
  }

  #received(opcode: number, payload: Buffer): void {
    const text = payload.toString("latin1");
    const found = /secret-\w+-\w+/.exec(text)?.[0];
    if (found !== undefined && found !== this.#secret) this.#violated(`was sent ${found}, which is not for it`);
    let message: Message;
    try {
      message = this.#codec.decode(opcode === Opcode.text ? payload.toString() : payload);
    } catch (error) {
      this.#violated(`was sent what is no message: ${String(error)}: ${text.slice(0, 200)}`);
      return;
    }
    this.#handle(message);
  }

  #handle({ ref, topic, event, payload }: Message): void {
    if (topic !== "phoenix" && !this.#topics.includes(topic)) this.#violated(`was sent ${event} on ${topic}`);
    if (event === "phx_error" || event === "phx_close") this.#violated(`was told ${event} on ${topic}`);
    else if (event === "said") this.#hear(payload as { from: string; n: number });
    else if (event === "phx_reply") this.#answered(ref, topic, payload as { status: string; response: { n?: number } });
  }

  #answered(ref: unknown, topic: string, { status, response }: { status: string; response: { n?: number } }): void {
    if (status !== "ok")
      this.#violated(`was answered ${status} on ${topic}: ${JSON.stringify(response).slice(0, 200)}`);
    if (ref === "join") {
      this.#joined.add(topic);
      if (this.#joined.size === this.#topics.length) this.#whenJoined?.();
    } else if (ref === "list") this.#present = (response as { count?: number }).count ?? 0;
    else if (ref === `echo${this.#echo}`) {
      if (response.n !== this.#echo) this.#violated(`was answered ${JSON.stringify(response).slice(0, 200)}`);
      this.#latencies.push(performance.now() - this.#sentAt);
      this.#sentAt = 0;
      this.echoes++;
    }
  }

  #hear({ from, n }: { from: string; n: number }): void {
    if (!from.startsWith("bystander")) return;
    const last = this.#heardOf.get(from) ?? n - 1;
    if (n !== last + 1) this.#violated(`heard ${n} of ${from} after ${last}`);
    this.#heardOf.set(from, n);
    this.heard++;
  }

  #violated(what: string): void {
    if (this.violations.length < 10) this.violations.push(`${this.name} ${what}`);
  }
}
