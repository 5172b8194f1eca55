/** The way to the outbox (outbox.ts), which is loaded when it is needed. What is asked of it until then waits, in order. */
import { bytesOf } from "@wingbeat/protocol";
import { report, run } from "../listeners.ts";
import type { Outbox, OutboxSocket } from "../outbox.ts";
import type { OutboxChannel, PendingPush, Posted } from "../outbox/item.ts";
import { Push } from "../push.ts";
import type { PushChannel, PushOptions } from "../push.ts";
import { Serializer } from "../serializer.ts";

const NONE: readonly PendingPush[] = [];

export class LazyOutbox {
  readonly #socket: OutboxSocket & { readonly options: { readonly maxBufferedPushes: number } };
  #outbox: Outbox | undefined;
  readonly #calls: ((outbox: Outbox) => unknown)[] = [];
  #isLoading = false;

  constructor(socket: OutboxSocket & { readonly options: { readonly maxBufferedPushes: number } }) {
    this.#socket = socket;
  }

  /** `channel.push` with `retry`. Throws for a payload that cannot be encoded. */
  push(topic: string, event: string, payload: unknown, options: PushOptions): Push {
    const { timeout = Infinity, signal, resend = false } = options;
    const channel: Partial<PushChannel> = {
      topic,
      withdraw: () => (posted.push = undefined),
      abort: () => {
        posted.push = undefined;
        this.use((outbox) => outbox.abort(posted));
      },
    };
    const push = new Push(channel as PushChannel, event, () => {}, timeout);
    const posted: Posted = { topic, event, payload: copyOf(event, payload), at: Date.now(), resend, push };
    if (signal !== undefined) push.watch(signal);
    if (signal?.aborted === true) return push;
    push.startTimeout();
    if (this.#calls.length < this.#socket.options.maxBufferedPushes) this.use((outbox) => outbox.add(posted));
    else push.reject({ reason: "buffer full" }, undefined, "buffer_full");
    return push;
  }

  pending(topic: string): readonly PendingPush[] {
    return this.#outbox?.pending(topic) ?? NONE;
  }

  /** A channel has joined. If the outbox could not be loaded before, it is tried again. */
  joined(channel: OutboxChannel): void {
    if (this.#outbox !== undefined || this.#calls.length > 0) this.use((outbox) => outbox.joined(channel));
  }

  use(call: (outbox: Outbox) => unknown): void {
    if (this.#outbox !== undefined) return void call(this.#outbox);
    this.#calls.push(call);
    if (this.#isLoading) return;
    this.#isLoading = true;
    const loaded = ({ Outbox }: typeof import("../outbox.ts")): void => {
      const outbox = new Outbox(this.#socket);
      for (let next = this.#calls.shift(); next !== undefined; next = this.#calls.shift()) run(() => next?.(outbox));
      this.#outbox = outbox;
    };
    void import("../outbox.ts").then(loaded, report).then(() => (this.#isLoading = false));
  }
}

/** As the server will get it. */
function copyOf(event: string, payload: unknown): unknown {
  const bytes = bytesOf(payload)?.slice().buffer;
  let copy: unknown = bytes;
  if (bytes === undefined) {
    Serializer.encode({ topic: "", event, payload, ref: null }, (frame) => (copy = JSON.parse(frame as string)[4]));
  }
  return copy;
}
