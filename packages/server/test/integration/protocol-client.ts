/** What clients without a library have in common, whatever carries their frames. */
import { gate, Inbox } from "./inbox.ts";

/** A V2 message: `[join_ref, ref, topic, event, payload]`. Binary frames are Buffers. */
export type Received = unknown[] | Buffer;

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export abstract class ProtocolClient {
  readonly inbox = new Inbox<Received>();
  /** How the connection ended. */
  readonly closed: Promise<Closed>;
  protected readonly sayClosed: (closed: Closed) => void;
  #lastRef = 0;

  constructor() {
    const { passed, open } = gate<Closed>();
    this.closed = passed;
    this.sayClosed = open;
  }

  /** Sends one text frame. */
  abstract write(text: string): void;

  /** Goes away without a word. */
  abstract drop(): void;

  send(...message: readonly unknown[]): void {
    this.write(JSON.stringify(message));
  }

  next(): Promise<Received> {
    return this.inbox.next();
  }

  /** Joins with join_ref `1` (or the given one) and gives the status and response of the reply, which must come next. */
  async join(topic: string, payload: unknown = {}, joinRef = "1"): Promise<unknown> {
    this.send(joinRef, joinRef, topic, "phx_join", payload);
    return replyOf(await this.next());
  }

  /** Pushes with a new ref and gives the reply, which must come next. */
  async call(topic: string, event: string, payload: unknown = {}, joinRef: string | null = "1"): Promise<unknown> {
    this.send(joinRef, `c${++this.#lastRef}`, topic, event, payload);
    return replyOf(await this.next());
  }

  /** Resolves when the server has handled all that was sent before: a heartbeat is answered in order. */
  async settled(): Promise<void> {
    this.send(null, "settled", "phoenix", "heartbeat", {});
    for (;;) {
      const frame = await this.next();
      if (Array.isArray(frame) && frame[1] === "settled") return;
    }
  }
}

/** `{status, response}` of a reply frame. */
export function replyOf(frame: Received): unknown {
  if (Array.isArray(frame) && frame[3] === "phx_reply") return frame[4];
  throw new Error(`this is no reply: ${JSON.stringify(frame)}`);
}
