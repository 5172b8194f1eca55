/** A task that runs beside the mailbox of its channel, and ends with it: made by `ctx.spawn`. */
import { isPromise, settle } from "../awaitable.ts";
import type { Receiver } from "./schedule.ts";

export type Run = (signal: AbortSignal) => unknown;

/** The channel, as far as a task must know it. */
export interface TaskOwner {
  taskBegan(): void;
  /** `failure` is what it threw, or rejected with. A task that was aborted may do so. */
  taskEnded(task: SpawnedTask, failure?: { readonly error: unknown }): void;
}

export class SpawnedTask implements Receiver {
  readonly #owner: TaskOwner;
  readonly #run: Run;
  readonly #controller = new AbortController();

  constructor(owner: TaskOwner, run: Run) {
    this.#owner = owner;
    this.#run = run;
  }

  abort(): void {
    this.#controller.abort();
  }

  /** Starts it. Called by the run queue, so that it begins when the callback that has spawned it has returned. */
  deliver(): void {
    const { signal } = this.#controller;
    if (signal.aborted) return;
    this.#owner.taskBegan();
    try {
      const result = this.#run(signal);
      if (!isPromise(result)) return this.#owner.taskEnded(this);
      settle(
        result,
        () => this.#owner.taskEnded(this),
        (error) => this.#failed(error),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { signal } = this.#controller;
    const isAbort =
      signal.aborted && (error === signal.reason || (error instanceof Error && error.name === "AbortError"));
    this.#owner.taskEnded(this, isAbort ? undefined : { error });
  }
}
