/** Sends batches of mutated frames over WebSockets and POSTs, several at a time, and checks every answer. */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Child } from "../child.ts";
import { RawClient } from "../raw-client.ts";
import { checkAnswer } from "./answers.ts";
import { batchOf, connectionBytes, heartbeatText } from "./batch.ts";
import type { Batch } from "./batch.ts";

export interface StormOptions {
  readonly seed: number;
  /** Batches with the numbers from `from` to `to - 1`. */
  readonly from: number;
  readonly to: number;
  readonly batchSize: number;
  readonly port: number;
  readonly target: Child;
}

const ATTACKERS = 40;
/** Milliseconds after which a connection that is neither answered nor closed counts as stuck. */
const PATIENCE = 60_000;
/** Milliseconds in which a target that has ended is known to have. */
const SOON = 5_000;

export class Storm {
  /** Frames that the target has read: each was answered, was followed by an answer, or closed the connection. */
  read = 0;
  connections = 0;
  answers = 0;
  posted = 0;
  readonly closes: Record<string, number> = {};
  readonly violations: string[] = [];
  readonly #options: StormOptions;
  #next: number;
  /** By batch under way: the first frame that is not known to be read. */
  readonly #underWay = new Map<Batch, number>();

  constructor(options: StormOptions) {
    this.#options = options;
    this.#next = options.from;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: ATTACKERS }, () => this.#attacker()));
  }

  async #attacker(): Promise<void> {
    const { seed, to, batchSize } = this.#options;
    while (this.#next < to && this.#isOn) {
      const batch = batchOf(seed, this.#next++, batchSize);
      if (batch.isPosted) await this.#post(batch);
      else await this.#send(batch);
      if (this.#options.target.end !== undefined) this.#died();
    }
  }

  get #isOn(): boolean {
    return this.#options.target.end === undefined && this.violations.length < 10;
  }

  /** Until all frames have been read: what closes a connection is followed by the rest on another one. */
  async #send(batch: Batch): Promise<void> {
    for (let start = 0; start < batch.frames.length && this.#isOn;) {
      const read = await this.#connection(batch, start);
      if (!this.#isOn) return;
      this.read += read - start;
      start = read;
    }
    this.#underWay.delete(batch);
  }

  /** One connection. Gives the number of the first frame that it has not read. */
  async #connection(batch: Batch, start: number): Promise<number> {
    const { port } = this.#options;
    const mount = batch.isCompressed ? "/compressed" : "/socket";
    let last = start - 1;
    let end: ((isClosed: boolean) => void) | undefined;
    this.#underWay.set(batch, start);
    const ended = new Promise<boolean>((resolve) => (end = resolve));
    const client = await RawClient.open(
      port,
      `${mount}/websocket?vsn=${batch.vsn}.0.0&id=attacker${batch.number % 50}${batch.number % 2 === 0 ? "&wingbeat=1" : ""}`,
      {
        frame: (opcode, payload) => {
          this.answers++;
          last = Math.max(last, this.#check(batch, opcode, payload) ?? last);
          this.#underWay.set(batch, last + 1);
          if (last === batch.frames.length - 1) end?.(false);
        },
        closed: (code) => {
          this.closes[code] = (this.closes[code] ?? 0) + 1;
          end?.(true);
        },
      },
      { compress: batch.isCompressed },
    );
    this.connections++;
    if (client.status === 0) await Promise.race([this.#options.target.ended, pause(SOON)]);
    if (client.status !== 101 && this.#isOn) this.#violated(batch, start, `was refused with HTTP ${client.status}`);
    const { bytes, isCut } = connectionBytes(batch, start);
    client.write(bytes);
    if (isCut) client.socket.end();
    const stuck = setTimeout(() => {
      this.#violated(batch, last + 1, "was neither answered nor closed");
      end?.(true);
    }, PATIENCE);
    const isClosed = await ended;
    clearTimeout(stuck);
    client.drop();
    return Math.min(batch.frames.length, last + (isClosed ? 2 : 1));
  }

  /** The same over long polling: one POST for the joins and all frames that have a text. */
  async #post(batch: Batch): Promise<void> {
    const { port } = this.#options;
    const url = `http://127.0.0.1:${port}/socket/longpoll?vsn=${batch.vsn}.0.0&id=attacker${batch.number % 50}`;
    this.#underWay.set(batch, 0);
    try {
      const { token } = JSON.parse(await answerOf(url, "GET")) as { token: string };
      const texts = batch.frames.flatMap(({ text }) => (text === undefined ? [] : [text.replaceAll("\n", " ")]));
      const session = `${url}&token=${encodeURIComponent(token)}`;
      for (const lot of lotsOf([...batch.joins, ...texts, heartbeatText(batch.vsn, batch.frames.length - 1)], 90)) {
        await answerOf(session, "POST", lot.join("\n"));
      }
      const { messages = [] } = JSON.parse((await answerOf(session, "GET")) || "{}") as { messages?: string[] };
      for (const message of messages) {
        if (message.startsWith("[") || message.startsWith("{")) this.#check(batch, 1, Buffer.from(message));
        this.answers++;
      }
      this.posted += texts.length;
      this.read += texts.length;
    } catch (error) {
      if (this.#isOn) this.#violated(batch, 0, `over long polling: ${String(error)}`);
    }
    this.#underWay.delete(batch);
  }

  #check(batch: Batch, opcode: number, payload: Buffer): number | undefined {
    try {
      return checkAnswer(batch, opcode, payload);
    } catch (error) {
      this.#violated(batch, this.#underWay.get(batch) ?? 0, String(error));
      return undefined;
    }
  }

  /** The frames of which one, or what it has set off, has ended the target. */
  #died(): void {
    for (const [batch, index] of this.#underWay) this.#violated(batch, index, "was being read when the target ended");
    this.#underWay.clear();
  }

  #violated(batch: Batch, index: number, what: string): void {
    if (this.violations.length >= 10) return;
    const { text, bytes } = batch.frames[index] ?? {};
    const frame = text ?? bytes?.toString("latin1") ?? "";
    const shown = JSON.stringify(frame.length > 300 ? `${frame.slice(0, 300)}… (${frame.length})` : frame);
    this.violations.push(
      `seed ${this.#options.seed}, batch ${batch.number}, frame ${index} (V${batch.vsn}): ${what}: ${shown}`,
    );
  }
}

function lotsOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, lot) => list.slice(lot * size, (lot + 1) * size));
}

function answerOf(url: string, method: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-ndjson" };
    const outgoing = request(url, { method, headers, agent: false });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => void text(response).then(resolve, reject));
    outgoing.end(body);
  });
}
