/** The numbered pushes of a test client on one channel (PROTOCOL.md, section 17). */
import { PUSHES } from "@wingbeat/protocol";
import { WingbeatError } from "../errors.ts";

/** What is needed of the channel. */
export interface NumberingChannel {
  readonly topic: string;
  send(event: string, payload: unknown, extension?: unknown): string;
  /** Waits for the reply to what was sent with this ref. */
  replyTo(ref: string): Promise<{ readonly status: string; readonly response: unknown }>;
}

interface Sent {
  readonly event: string;
  readonly payload: unknown;
  readonly extension: object;
}

export class TestLine {
  readonly #channel: NumberingChannel;
  readonly #session: string;
  readonly #sent = new Map<string, Sent>();
  #epoch: string | undefined = undefined;
  #last = 0;

  constructor(channel: NumberingChannel, session: string) {
    this.#channel = channel;
    this.#session = session;
  }

  async push(event: string, payload: unknown): Promise<string> {
    this.#epoch ??= await this.#begin();
    return this.#send({
      event,
      payload,
      extension: { n: ++this.#last, e: this.#epoch, s: this.#session, a: 0 },
    });
  }

  repeat(ref: string): string {
    const sent = this.#sent.get(ref);
    if (sent !== undefined) return this.#send(sent);
    throw new WingbeatError(
      "WB_ASSERTION",
      `repeat(${ref}) on "${this.#channel.topic}": pushNumbered gave no such ref.`,
    );
  }

  #send(sent: Sent): string {
    const ref = this.#channel.send(sent.event, sent.payload, sent.extension);
    this.#sent.set(ref, sent);
    return ref;
  }

  async #begin(): Promise<string> {
    const { topic } = this.#channel;
    const ref = this.#channel.send(PUSHES, { session: this.#session, next: 1 });
    const { status, response } = await this.#channel.replyTo(ref);
    if (status === "ok") return (response as { readonly epoch: string }).epoch;
    throw new WingbeatError(
      "WB_ASSERTION",
      `pushNumbered on "${topic}": the channel takes no numbered pushes; declare .dedupe() on it. It answered ${JSON.stringify(response)}.`,
    );
  }
}
