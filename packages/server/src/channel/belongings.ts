/** The resources of a channel besides its own topic, released when it ends. Created when it first acquires one. */
import { onRejection } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { MAX_DELAY } from "../options.ts";
import type { PubSub, Subscription } from "../pubsub.ts";
import { SpawnedTask } from "./spawned.ts";
import type { Run, TaskOwner } from "./spawned.ts";
import { Timer } from "./timer.ts";

/** What a channel's belongings need of its host. */
export interface BelongingsHost {
  readonly pubsub: PubSub;
  readonly maxSubscriptions: number;
  readonly maxTimers: number;
  readonly maxTasks: number;
}

export class Belongings {
  readonly #host: BelongingsHost;
  #subscriptions: Map<string, Subscription> | undefined = undefined;
  #timers: Set<Timer> | undefined = undefined;
  #tasks: Set<SpawnedTask> | undefined = undefined;
  #onEnd: ((reason: string) => unknown)[] | undefined = undefined;

  constructor(host: BelongingsHost) {
    this.#host = host;
  }

  /** How many there are, for the inspector. */
  get counts(): { readonly subscriptions: number; readonly timers: number; readonly tasks: number } {
    return {
      subscriptions: this.#subscriptions?.size ?? 0,
      timers: this.#timers?.size ?? 0,
      tasks: this.#tasks?.size ?? 0,
    };
  }

  /** Subscribes to another topic; subscribing twice has no effect. Throws `WB_CHANNEL_LIMIT`. */
  subscribe(subscription: Subscription): void {
    const { topic } = subscription;
    this.#subscriptions ??= new Map();
    if (this.#subscriptions.has(topic)) return;
    const { pubsub, maxSubscriptions } = this.#host;
    if (this.#subscriptions.size >= maxSubscriptions) {
      throw limitReached(`subscribe("${topic}")`, "is subscribed to", "topics", "maxSubscriptions", maxSubscriptions);
    }
    this.#subscriptions.set(topic, subscription);
    pubsub.subscribe(subscription);
  }

  unsubscribe(topic: string): void {
    const subscription = this.#subscriptions?.get(topic);
    if (subscription === undefined) return;
    this.#subscriptions?.delete(topic);
    this.#host.pubsub.unsubscribe(subscription);
  }

  /** Starts a timer. Throws `WB_OPTION` for a time that Node cannot wait, and `WB_CHANNEL_LIMIT`. */
  timer(ms: number, fire: () => void): Timer {
    if (!(ms >= 0 && ms <= MAX_DELAY)) {
      throw new WingbeatError("WB_OPTION", `sendAfter got ${ms} ms: it takes 0 to ${MAX_DELAY} (24 days).`);
    }
    this.#timers ??= new Set();
    const { maxTimers } = this.#host;
    if (this.#timers.size >= maxTimers)
      throw limitReached("sendAfter", "has", "running timers", "maxTimers", maxTimers);
    return new Timer(this.#timers, ms, fire);
  }

  /** Makes a task, which is aborted at the end. Throws `WB_CHANNEL_LIMIT`. */
  spawn(owner: TaskOwner, run: Run): SpawnedTask {
    this.#tasks ??= new Set();
    const { maxTasks } = this.#host;
    if (this.#tasks.size >= maxTasks) throw limitReached("spawn", "has", "running tasks", "maxTasks", maxTasks);
    const task = new SpawnedTask(owner, run);
    this.#tasks.add(task);
    return task;
  }

  taskEnded(task: SpawnedTask): void {
    this.#tasks?.delete(task);
  }

  /** Keeps something to be done at the end. */
  onEnd(task: (reason: string) => unknown): void {
    (this.#onEnd ??= []).push(task);
  }

  /** Gives everything back. Tasks that {@link onEnd} kept are done by {@link finish}. */
  release(): void {
    for (const subscription of this.#subscriptions?.values() ?? []) this.#host.pubsub.unsubscribe(subscription);
    for (const timer of this.#timers ?? []) timer.cancel();
    const tasks = this.#tasks ?? [];
    this.#subscriptions = undefined;
    this.#timers = undefined;
    this.#tasks = undefined;
    // Last: those who listen to the signal run at once.
    for (const task of tasks) task.abort();
  }

  /** Runs the tasks of `onEnd`. Calls `failed` with what one threw, or rejected with. */
  finish(reason: string, failed: (error: unknown) => void): void {
    const tasks = this.#onEnd ?? [];
    this.#onEnd = undefined;
    for (const task of tasks) {
      try {
        onRejection(task(reason), failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}

function limitReached(what: string, has: string, things: string, option: string, limit: number): WingbeatError {
  return new WingbeatError(
    "WB_CHANNEL_LIMIT",
    `${what}: this channel ${has} ${limit} ${things} already. Release some, or raise ${option} of the socket.`,
  );
}
