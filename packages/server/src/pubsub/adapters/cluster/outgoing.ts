/** What the primary sends to workers, and how much of it they have not taken in yet. */
import type { RelayedWorker } from "./members.ts";

/**
 * Bytes that may be queued for one worker. Beyond it, messages for that worker are dropped: it is stuck, and the
 * primary would run out of memory for everybody. The worker detects what it missed.
 */
const WORKER_LIMIT = 64 * 1024 * 1024;

export class Outgoing {
  readonly #waiting = new WeakMap<RelayedWorker, number>();
  readonly #taken: (worker: RelayedWorker) => void;

  /** `taken`: called whenever a worker has taken something in. */
  constructor(taken: (worker: RelayedWorker) => void = () => {}) {
    this.#taken = taken;
  }

  /** Returns false when the message is dropped. A message alone is sent whatever its size. */
  send(worker: RelayedWorker, message: object, bytes: number): boolean {
    const waiting = this.#waiting.get(worker) ?? 0;
    if (!worker.isConnected() || (waiting > 0 && waiting + bytes > WORKER_LIMIT)) return false;
    this.#waiting.set(worker, waiting + bytes);
    worker.send(message as never, undefined, undefined, () => {
      this.#waiting.set(worker, (this.#waiting.get(worker) ?? bytes) - bytes);
      this.#taken(worker);
    });
    return true;
  }
}
