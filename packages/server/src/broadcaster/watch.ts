/** Finds out whether a broadcaster reaches an endpoint, and reports when it does not. */
import { describeThrown } from "../errors.ts";
import type { PubSub } from "../pubsub.ts";
import { RollCall } from "../pubsub/roll-call.ts";
import { emit } from "../telemetry.ts";
import { attach } from "../telemetry/attach.ts";

/** Milliseconds between two questions, until an endpoint answers. */
const ASK_EVERY = 1_000;
/** Milliseconds without an answer after which it is reported. */
const ALONE_AFTER = 5_000;
/** How long the end of a broadcaster waits for a first answer, in ms. */
const LAST_WAIT = 500;

export class Watch {
  readonly #broadcaster: object;
  readonly #pubsub: PubSub;
  readonly #rollCall: RollCall;
  readonly #detach: readonly (() => void)[];
  #failure: { readonly error: unknown } | undefined = undefined;
  /** Runs until an endpoint answers. */
  #timer: NodeJS.Timeout | undefined = undefined;
  #aloneSince = performance.now();
  #isTold = false;

  /** Starts PubSub. */
  constructor(broadcaster: object, pubsub: PubSub) {
    this.#broadcaster = broadcaster;
    this.#pubsub = pubsub;
    this.#rollCall = new RollCall(pubsub, () => this.#found());
    const { nodeName } = pubsub;
    this.#detach = [
      attach("pubsub.adapter_up", (data) => void (data.nodeName === nodeName && this.#ask())),
      attach("pubsub.adapter_down", (data) => void (data.nodeName === nodeName && this.#search())),
    ];
    this.#search();
    pubsub.start().then(
      () => this.#ask(),
      (error: unknown) => (this.#failure = { error }),
    );
  }

  get nodes(): readonly string[] {
    return this.#rollCall.nodes;
  }

  /** Why nobody is reached, and what to do. */
  get reason(): string {
    if (this.#failure !== undefined) return `the adapter cannot start: ${describeThrown(this.#failure.error)}`;
    const { state, reason, queued } = this.#pubsub.status();
    if (state === "down") {
      return `the engine is away (${reason}); it is tried again and again, and ${queued} messages wait for it.`;
    }
    return "no endpoint answers; start one with the same adapter, engine, namespace and secret.";
  }

  /** Whether an endpoint has answered, or does within `ms`. */
  answered(ms: number): Promise<boolean> {
    if (this.nodes.length > 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(() => void (cancel(), resolve(this.nodes.length > 0)), ms);
      const cancel = this.#rollCall.onAnswer(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Waits for an answer a little, when one can still come, and `ms` at the most. */
  async lastAnswer(ms: number): Promise<void> {
    if (ms > 0 && this.#pubsub.status().state === "up") await this.answered(Math.min(ms, LAST_WAIT));
    if (this.nodes.length === 0) this.#tell();
  }

  stop(): void {
    for (const detach of this.#detach) detach();
    clearInterval(this.#timer);
    this.#rollCall.stop();
  }

  /** Nobody is known: asks until somebody answers. */
  #search(): void {
    this.#rollCall.forget();
    if (this.#timer !== undefined) return;
    this.#aloneSince = performance.now();
    this.#timer = setInterval(() => this.#check(), ASK_EVERY);
  }

  #check(): void {
    this.#ask();
    if (performance.now() - this.#aloneSince >= ALONE_AFTER) this.#tell();
  }

  /** Only when it can be sent now: a question that waits for hours is of no use. */
  #ask(): void {
    if (this.#failure !== undefined || this.#pubsub.status().state === "down") return;
    try {
      this.#rollCall.ask();
    } catch {
      // The adapter refuses it: asked again in a second.
    }
  }

  #found(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#isTold = false;
  }

  #tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const { adapter } = this.#pubsub.status();
    emit("broadcaster.alone", { endpoint: this.#broadcaster, adapter, reason: this.reason });
  }
}
