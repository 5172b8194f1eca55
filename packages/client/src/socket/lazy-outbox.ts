/** The way to the outbox (outbox.ts), which is loaded when it may be needed. What is asked of it until then waits, in order. */
import { report, run } from "../listeners.ts";
import type { Outbox, OutboxSocket } from "../outbox.ts";
import type { OutboxChannel, PendingPush, Posted } from "../outbox/item.ts";
import { Push } from "../push.ts";
import type { PushChannel, PushOptions } from "../push.ts";
import { randomName } from "../random-name.ts";
import { Serializer } from "../serializer.ts";
import { Timer } from "../timer.ts";

const NONE: readonly PendingPush[] = [];

export class LazyOutbox {
  readonly #socket: OutboxSocket;
  #outbox: Outbox | undefined;
  readonly #calls: ((outbox: Outbox) => unknown)[] = [];
  #isLoading = false;

  constructor(socket: OutboxSocket) {
    this.#socket = socket;
  }

  /** `channel.push` with `retry`. Throws for a payload that cannot be encoded. */
  push(topic: string, event: string, payload: unknown, options: PushOptions): Push {
    const { timeout = Infinity, signal, resend = false } = options;
    const posted = { topic, event, at: Date.now(), resend } as Posted & { frame: Posted["frame"] };
    Serializer.encode({ topic, event, payload, ref: null }, (frame) => (posted.frame = frame as Posted["frame"]));
    const withdraw = () => (posted.push = undefined);
    const abort = () => {
      withdraw();
      this.use((outbox) => outbox.abort(posted));
    };
    const push = new Push({ topic, withdraw, abort } as Partial<PushChannel> as PushChannel, event, Object, timeout);
    posted.push = push;
    if (signal) push.watch(signal);
    if (signal?.aborted) return push;
    push.startTimeout();
    if (this.#calls.length < this.#socket.options.maxBufferedPushes) this.use((outbox) => outbox.add(posted));
    else push.reject({ reason: "buffer full" }, undefined, "buffer_full");
    return push;
  }

  pending(topic: string): readonly PendingPush[] {
    return this.#outbox?.pending(topic) ?? NONE;
  }

  /**
   * A channel has joined. One that takes numbers brings the outbox: without a connection, where a first push may be made, it
   * could not be loaded. If it could not be loaded before, it is tried again.
   */
  joined(channel: OutboxChannel): void {
    if (channel.takesNumbers || this.#outbox || this.#calls.length > 0) this.use((outbox) => outbox.joined(channel));
  }

  use(call: (outbox: Outbox) => unknown): void {
    if (this.#outbox) return void call(this.#outbox);
    this.#calls.push(call);
    if (this.#isLoading) return;
    this.#isLoading = true;
    import("../outbox.ts")
      .then(({ Outbox }) => {
        const outbox = new Outbox(this.#socket, { report, randomName, newTimer: () => new Timer() });
        for (let ask = this.#calls.shift(); ask; ask = this.#calls.shift()) run(() => ask?.(outbox));
        this.#outbox = outbox;
      })
      .catch(report)
      .then(() => (this.#isLoading = false));
  }
}
