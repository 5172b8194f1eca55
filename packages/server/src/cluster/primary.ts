/** The primary: keeps the workers running, relays between them, and drains them. */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { relayPubSub } from "../pubsub/adapters/cluster.ts";
import { emit } from "../telemetry.ts";
import { isControl } from "./message.ts";
import type { ClusterControl } from "./message.ts";

/** Milliseconds until a worker is replaced; twice as long each time, up to the longest. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;
/** Milliseconds after which a worker counts as healthy. */
const SETTLED = 10_000;

export function runPrimary(workers: number, drainTimeout: number): void {
  relayPubSub();
  const primary = new Primary(drainTimeout);
  for (let count = 0; count < workers; count++) primary.fork();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => primary.drain(signal));
}

class Primary {
  readonly #drainTimeout: number;
  readonly #workers = new Set<Worker>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #wasReady = false;
  #isEnding = false;
  #exitCode = 0;
  /** Consecutive workers that died early. */
  #failures = 0;

  constructor(drainTimeout: number) {
    this.#drainTimeout = drainTimeout;
  }

  fork(): void {
    const worker = cluster.fork();
    const since = Date.now();
    this.#workers.add(worker);
    worker.on("message", (message: unknown) => {
      if (isControl(message, "cluster.ready")) this.#ready(worker);
    });
    worker.on("error", (error) => this.#failed(worker, error));
    worker.once("exit", (code, signal) => this.#exited(worker, code, signal, Date.now() - since));
  }

  /** Tells all workers to close, and ends the process when they have. */
  drain(signal: string): void {
    emit("cluster.draining", { signal, workers: this.#workers.size });
    this.#end();
  }

  #ready(worker: Worker): void {
    this.#wasReady = true;
    emit("cluster.worker_ready", { pid: worker.process.pid as number });
  }

  /** Its channel broke while it was written to, which its exit will tell; or there is no process at all. */
  #failed(worker: Worker, error: unknown): void {
    const { pid } = worker.process;
    emit("cluster.worker_failed", { pid, error });
    if (pid === undefined && this.#workers.delete(worker)) this.#replace(0);
  }

  #exited(worker: Worker, code: number | null, signal: string | null, lifetime: number): void {
    this.#workers.delete(worker);
    this.#replace(lifetime, (restartIn) =>
      emit("cluster.worker_exited", { pid: worker.process.pid as number, code, signal, restartIn }),
    );
  }

  /** A worker is gone: another takes its place, unless the program ends. `tell` is given when. */
  #replace(lifetime: number, tell: (restartIn: number | null) => void = () => {}): void {
    if (!this.#wasReady && !this.#isEnding) {
      this.#exitCode = 1;
      this.#end();
    }
    const restartIn = this.#isEnding ? null : this.#delay(lifetime);
    tell(restartIn);
    if (restartIn !== null) this.#restart(restartIn);
    else if (this.#workers.size === 0) process.exit(this.#exitCode);
  }

  #delay(lifetime: number): number {
    if (lifetime >= SETTLED) this.#failures = 0;
    return Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY);
  }

  #restart(delay: number): void {
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      try {
        this.fork();
      } catch (error) {
        // No more processes or files for now: the workers that there are go on.
        emit("cluster.worker_failed", { pid: undefined, error });
        this.#restart(this.#delay(0));
      }
    }, delay);
    this.#restarts.add(timer);
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    if (this.#workers.size === 0) process.exit(this.#exitCode);
    for (const worker of this.#workers) {
      if (worker.isConnected()) worker.send({ wingbeat: "cluster.drain" } satisfies ClusterControl, () => {});
    }
    if (this.#drainTimeout < Infinity) setTimeout(() => this.#kill(), this.#drainTimeout);
  }

  #kill(): void {
    this.#exitCode = 1;
    for (const worker of this.#workers) worker.process.kill("SIGKILL");
  }
}
