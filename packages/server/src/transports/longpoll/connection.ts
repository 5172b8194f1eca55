/** One long-poll client: the frames for its next poll, and the batches of its POSTs that are still to be read. */
import { CloseCode } from "@wingbeat/protocol";
import type { FrameData } from "@wingbeat/protocol";
import { Lag } from "../lag.ts";
import type { Connection, ConnectionHandler, Frame } from "../connection.ts";
import { JSON_STRING } from "./encoding.ts";
import { Intake } from "./intake.ts";

import type { Deliverer, Poller, LongPollClient } from "./client.ts";

/** Shared by the connections of a mount. */
export interface ConnectionLimits {
  /** Milliseconds a poll waits for messages. */
  readonly window: number;
  /** Bytes that may be buffered for the next poll. */
  readonly maxBufferedBytes: number;
  /** Milliseconds a client may stay above that. */
  readonly bufferTimeout: number;
  /** Bytes of batches that may be waiting to be read. */
  readonly maxBodySize: number;
}

/** After how many windows without a poll a connection ends. */
const WINDOWS_UNTIL_GONE = 1.5;
const NOTHING: Frame[] = [];

/**
 * The connections whose pollers are notified at the end of this turn: what is sent in one turn arrives in one answer.
 */
let stirred: LongPollConnection[] = [];

function tellPollers(): void {
  const connections = stirred;
  stirred = [];
  for (const connection of connections) connection.tellPoller();
}

const tellWritable = (connection: LongPollConnection): void => connection.nowWritable();

export class LongPollConnection implements Connection, LongPollClient {
  readonly transport = "longpoll";
  readonly token: string;
  /** The path pattern under which it is polled. */
  readonly mount: string;
  readonly #limits: ConnectionLimits;
  readonly #onGone: (connection: LongPollConnection) => void;
  #handler: ConnectionHandler | undefined = undefined;
  #frames = NOTHING;
  /** The size of the buffered frames as they will be written. */
  #bytes = 0;
  #poller: Poller | undefined = undefined;
  #intake: Intake | undefined = undefined;
  #polledAt = performance.now();
  /** Since when it could have come again: after its last answer, or when its poll ended without one. */
  #unreadSince = performance.now();
  /** Milliseconds that the sweep has counted since then. */
  #unpolledFor = 0;
  /** More than the buffer limit is buffered. */
  #lag: Lag | undefined = undefined;
  #whenWritable: (() => void)[] | undefined = undefined;
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

  get maxBufferedBytes(): number {
    return this.#limits.maxBufferedBytes;
  }

  /** While frames wait for a poll. A poll that waits is about to get them. */
  get unreadFor(): number {
    if (this.#poller !== undefined || this.#frames.length === 0) return 0;
    return performance.now() - this.#unreadSince;
  }

  /** Sets who receives the frames. Called once, before the client knows its token. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  send(frame: Frame): void {
    if (!this.#isOpen) return;
    const { maxBufferedBytes, bufferTimeout } = this.#limits;
    if (this.#bytes > maxBufferedBytes) {
      this.#lag ??= new Lag();
      if (this.#lag.isTooMuch(this.#bytes, maxBufferedBytes, bufferTimeout)) {
        this.#closeSlow();
        return;
      }
    }
    if (this.#frames.length > 0) this.#frames.push(frame);
    else {
      this.#frames = [frame];
      if (stirred.push(this) === 1) setImmediate(tellPollers);
    }
    this.#bytes += Buffer.byteLength(frame.as(JSON_STRING));
  }

  onWritable(run: () => void): void {
    if (!this.#isOpen) return;
    (this.#whenWritable ??= []).push(run);
    if (this.#frames.length === 0) setImmediate(tellWritable, this);
  }

  /** What was buffered is on its way: calls those who wait for it. */
  nowWritable(): void {
    const runs = this.#whenWritable ?? [];
    this.#whenWritable = undefined;
    if (this.#isOpen) for (const run of runs) run();
  }

  /** Notifies the poller that messages are available. */
  tellPoller(): void {
    if (this.#frames.length === 0) return;
    const poller = this.#poller;
    if (poller === undefined) return;
    this.#poller = undefined;
    this.#unreadSince = performance.now();
    poller.available();
  }

  /** A poll replaces the previous one, which is no longer notified of messages. */
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
    poller.messages(this.#takeWithHeld());
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

  /** For the intake: reading pauses while half of the buffer limit is waiting for the client's poll. */
  get reads(): boolean {
    return this.#isOpen && !this.#isPaused && this.#bytes <= this.#limits.maxBufferedBytes / 2;
  }

  read(data: FrameData): void {
    this.#handler?.receive(data, typeof data === "string" ? Buffer.byteLength(data) : data.byteLength);
  }

  forget(request: object): void {
    if (this.#poller !== request) return;
    this.#poller = undefined;
    this.#unreadSince = performance.now();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#intake?.run();
  }

  /** Ends the connection. A waiting poll is answered at once; anything for a later poll is lost. */
  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onGone(this);
    this.#handler?.closed(code, reason);
    this.#poller?.messages(this.#take());
    this.#poller = undefined;
    this.#intake?.end();
  }

  /**
   * Called by the sweep, `passed` ms after the last time. POSTs do not count: a client that does not poll gets no
   * messages.
   */
  closeIfIdle(passed: number, now: number): void {
    if (this.#lag?.isTooLong(this.#limits.bufferTimeout) === true) this.#closeSlow();
    const limit = this.#limits.window * WINDOWS_UNTIL_GONE;
    this.#unpolledFor += Math.min(passed, now - this.#polledAt);
    if (this.#unpolledFor > limit) this.close(CloseCode.protocolError, `not polled for ${limit} ms`);
  }

  #closeSlow(): void {
    const { maxBufferedBytes } = this.#limits;
    this.#handler?.tooSlow(this.#bytes, maxBufferedBytes);
    this.close(
      CloseCode.tryAgainLater,
      `slow consumer: more than ${maxBufferedBytes} bytes buffered for the next poll`,
    );
  }

  /** What waits, and behind it what others have held back until now: it goes with the same answer. */
  #takeWithHeld(): string[] {
    const literals = this.#take();
    if (this.#whenWritable === undefined) return literals;
    this.nowWritable();
    return [...literals, ...this.#take()];
  }

  #take(): string[] {
    const literals = this.#frames.map((frame) => frame.as(JSON_STRING));
    this.#frames = NOTHING;
    this.#bytes = 0;
    this.#lag = undefined;
    this.#unreadSince = performance.now();
    return literals;
  }
}
