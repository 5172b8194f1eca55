/** The client of a request, while something async decides over it: it may go away, and it cannot wait for ever. */
import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { settle } from "../awaitable.ts";

export interface Caller {
  /** Calls `onGone`, once, when the client goes or has gone. Gives a function that stops it. */
  watch(onGone: () => void): () => void;
}

/** Node's timers go off at once when they are set to more. Nobody waits so long (24 days). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Why nobody waits any more. */
export type Absence = "gone" | "timeout";

/**
 * What was decided; or that the client went before that, or that it took longer than `ms`. Rejects as the decision does.
 * What is decided later is for nobody.
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
    // The response behind another one of the same connection is not told that the connection has ended.
    const isPipelined = this.#response.socket === null;
    if (isPipelined) setMaxListeners(0, socket);
    const stream = isPipelined ? socket : this.#response;
    stream.once("close", onGone);
    return () => void stream.off("close", onGone);
  }
}

/** What a client may send before its handshake is answered, in bytes. It should send nothing (RFC 6455, section 4.1). */
const EARLY_LIMIT = 64 * 1024;

/**
 * The client of an upgrade. Its socket is read while it waits, because a socket that is not read does not tell that its
 * other end has gone.
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

  /** What has come behind the request. */
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
    // A client that has ended its side cannot become a WebSocket.
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
