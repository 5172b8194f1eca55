/** One long-poll client: what waits for its next poll, and what of its POSTs is still to be read. */
import { CloseCode } from "@wingbeat/protocol";
import type { FrameData } from "@wingbeat/protocol";
import { Lag } from "../transport.ts";
import type { Connection, ConnectionHandler, Frame } from "../transport.ts";
import { Intake } from "./intake.ts";
import { literalOf } from "./literal.ts";
import type { Deliverer, Poller, Reach } from "./reach.ts";

/** What the connections of a mount share. */
export interface ConnectionLimits {
  /** Milliseconds that a poll waits. */
  readonly window: number;
  /** Bytes that may wait for the next poll. */
  readonly bufferLimit: number;
  /** Milliseconds for which more than that may wait. */
  readonly bufferTimeout: number;
  /** Bytes of batches that may wait to be read. */
  readonly maxBodySize: number;
}

/** A session ends when it is not polled for so many windows. */
const WINDOWS_UNTIL_GONE = 1.5;
const NOTHING: Frame[] = [];

/** Those whose pollers are to be told at the end of this turn: what is sent in one turn comes in one answer. */
let stirred: LongPollConnection[] = [];

function tellPollers(): void {
  const connections = stirred;
  stirred = [];
  for (const connection of connections) connection.tellPoller();
}

export class LongPollConnection implements Connection, Reach {
  readonly transport = "longpoll";
  readonly token: string;
  /** The path pattern under which it is polled. */
  readonly mount: string;
  readonly #limits: ConnectionLimits;
  readonly #onGone: (connection: LongPollConnection) => void;
  #handler: ConnectionHandler | undefined = undefined;
  #frames = NOTHING;
  /** Of the frames that wait, as they will be written. */
  #bytes = 0;
  #poller: Poller | undefined = undefined;
  #intake: Intake | undefined = undefined;
  #polledAt = performance.now();
  /** Milliseconds that the sweep has seen pass since then. */
  #unpolledFor = 0;
  /** More than the buffer limit waits. */
  #lag: Lag | undefined = undefined;
  #isOpen = true;
  #isPaused = false;

  constructor(
    token: string,
    mount: string,
    limits: ConnectionLimits,
    onGone: (connection: LongPollConnection) => void,
  ) {
    this.token = token;
    this.mount = mount;
    this.#limits = limits;
    this.#onGone = onGone;
  }

  get bufferedBytes(): number {
    return this.#bytes;
  }

  /** Says who gets the frames. Called once, before the client knows its token. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  send(frame: Frame): void {
    if (!this.#isOpen) return;
    const { bufferLimit, bufferTimeout } = this.#limits;
    if (this.#bytes > bufferLimit) {
      this.#lag ??= new Lag();
      if (this.#lag.isTooMuch(this.#bytes, bufferLimit, bufferTimeout)) {
        this.#closeSlow();
        return;
      }
    }
    if (this.#frames.length > 0) this.#frames.push(frame);
    else {
      this.#frames = [frame];
      if (stirred.push(this) === 1) setImmediate(tellPollers);
    }
    this.#bytes += Buffer.byteLength(literalOf(frame));
  }

  /** Tells who polls that there is something to be had. */
  tellPoller(): void {
    if (this.#frames.length === 0) return;
    const poller = this.#poller;
    this.#poller = undefined;
    poller?.available();
  }

  /** A poll replaces the one before it, which is not told of messages any more. */
  poll(poller: Poller): void {
    if (!this.#isOpen) {
      poller.gone();
      return;
    }
    this.#polledAt = performance.now();
    this.#unpolledFor = 0;
    if (this.#frames.length === 0) {
      this.#poller = poller;
      poller.waiting();
      return;
    }
    poller.messages(this.#take());
    this.#intake?.run();
  }

  deliver(frames: readonly FrameData[], deliverer: Deliverer): void {
    if (!this.#isOpen) {
      deliverer.gone();
      return;
    }
    this.#intake ??= new Intake(this, this.#limits.maxBodySize);
    this.#intake.take(frames, deliverer);
  }

  /** For the intake: a client is not read while half of its buffer limit waits for its poll. */
  get reads(): boolean {
    return this.#isOpen && !this.#isPaused && this.#bytes <= this.#limits.bufferLimit / 2;
  }

  read(data: FrameData): void {
    this.#handler?.receive(data, typeof data === "string" ? Buffer.byteLength(data) : data.byteLength);
  }

  forget(request: object): void {
    if (this.#poller === request) this.#poller = undefined;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#intake?.run();
  }

  /** Ends the session. A poll that waits is answered at once; what waits for a later one is lost. */
  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onGone(this);
    this.#handler?.closed(code, reason);
    this.#poller?.messages(this.#take());
    this.#poller = undefined;
    this.#intake?.end();
  }

  /** Asked by the sweep, `passed` ms after the last time. POSTs do not count: who does not poll gets no messages. */
  closeIfIdle(passed: number, now: number): void {
    if (this.#lag?.isTooLong(this.#limits.bufferTimeout) === true) this.#closeSlow();
    const limit = this.#limits.window * WINDOWS_UNTIL_GONE;
    this.#unpolledFor += Math.min(passed, now - this.#polledAt);
    if (this.#unpolledFor > limit) this.close(CloseCode.protocolError, `nobody has polled for ${limit} ms`);
  }

  #closeSlow(): void {
    const { bufferLimit } = this.#limits;
    this.#handler?.tooSlow(this.#bytes, bufferLimit);
    this.close(CloseCode.tryAgainLater, `slow consumer: more than ${bufferLimit} bytes wait to be polled`);
  }

  #take(): string[] {
    const literals = this.#frames.map(literalOf);
    this.#frames = NOTHING;
    this.#bytes = 0;
    this.#lag = undefined;
    return literals;
  }
}
