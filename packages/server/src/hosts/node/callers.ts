/** The client of a request while an async decision is pending: it may disconnect, and it cannot wait forever. */
import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { settle } from "../../awaitable.ts";

export interface Caller {
  /** Calls `onGone` once when the client disconnects, or at once if it has. Returns a function that stops watching. */
  watch(onGone: () => void): () => void;
}

/** Node's timers fire at once for longer delays. No client waits that long (24 days). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Why the decision is no longer needed. */
export type Absence = "gone" | "timeout";

/**
 * Resolves with the decision, or with the reason when the client disconnects or `ms` pass first. Rejects as the
 * decision does. A decision that comes later is ignored.
 */
export function decidedInTime<T>(
  decision: PromiseLike<T>,
  caller: Caller,
  ms: number,
): Promise<{ readonly value: T } | Absence> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const over = (): boolean => {
      if (isOver) return false;
      isOver = true;
      clearTimeout(timer);
      stop();
      return true;
    };
    const absent = (why: Absence): void => {
      if (over()) resolve(why);
    };
    const timer = ms > LONGEST_TIMER ? undefined : setTimeout(absent, ms, "timeout");
    const stop = caller.watch(() => absent("gone"));
    const decided = (value: T): void => {
      if (over()) resolve({ value });
    };
    const failed = (error: unknown): void => {
      if (over()) reject(error);
    };
    settle(decision, decided, failed);
  });
}

/** The client of an ordinary request. */
export class RequestCaller implements Caller {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  watch(onGone: () => void): () => void {
    const { socket } = this.#request;
    if (socket.destroyed) return afterwards(onGone);
    // A response queued behind another one on the same connection is not notified when the connection ends.
    const isPipelined = this.#response.socket === null;
    if (isPipelined) setMaxListeners(0, socket);
    const stream = isPipelined ? socket : this.#response;
    stream.once("close", onGone);
    return () => void stream.off("close", onGone);
  }
}

/** How many bytes a client may send before its handshake is answered. It should send none (RFC 6455, section 4.1). */
const EARLY_LIMIT = 64 * 1024;

/**
 * The client of an upgrade request. Its socket is read while it waits, because an unread socket does not report that
 * the peer has gone.
 */
export class UpgradeCaller implements Caller {
  readonly socket: Duplex;
  #early: Buffer[];
  #earlyBytes: number;

  constructor(socket: Duplex, head: Buffer) {
    this.socket = socket;
    this.#early = [head];
    this.#earlyBytes = head.length;
  }

  /** Bytes that arrived after the request. */
  get head(): Buffer {
    return this.#early.length === 1 ? (this.#early[0] as Buffer) : Buffer.concat(this.#early);
  }

  watch(onGone: () => void): () => void {
    const { socket } = this;
    if (socket.destroyed) return afterwards(onGone);
    const onData = (chunk: Buffer): void => {
      this.#early.push(chunk);
      this.#earlyBytes += chunk.length;
      if (this.#earlyBytes > EARLY_LIMIT) socket.destroy();
    };
    // A half-closed connection cannot become a WebSocket.
    const onEnd = (): void => void socket.destroy();
    socket.on("data", onData).once("end", onEnd).once("close", onGone);
    socket.resume();
    return () => {
      socket.off("data", onData).off("end", onEnd).off("close", onGone);
      socket.pause();
    };
  }
}

function afterwards(onGone: () => void): () => void {
  const immediate = setImmediate(onGone);
  return () => clearImmediate(immediate);
}
