/**
 * Decides when the frames of a client are handled: in order, in shares, and only as fast as the client may send. Frames
 * that may not be handled yet are kept undecoded, and the transport stops reading.
 *
 * A transport delivers all frames of one read at once. Without shares, a client that sends 2,000 messages in one write
 * would have all of them handled before anybody else's next one.
 */
import { performance } from "node:perf_hooks"; // not the global one: a test's fake clock must not set time back
import type { FrameData } from "@wingbeat/protocol";
import { schedule } from "../channel/schedule.ts";
import type { Receiver } from "../channel/schedule.ts";
import type { Connection } from "../transports/connection.ts";

/** How much of one connection is handled before the others get their turn, in bytes; a frame counts 8 KiB more. */
const SHARE = 64 * 1024;
const FRAME_BYTES = 8 * 1024;

/** The burst: a client that pauses saves up this many ms' worth of bytes. */
const BURST_MS = 1_000;

/** The shortest pause in reading, in ms: a shorter timer would cost more than it saves. */
const MIN_WAIT = 20;

/** Bytes that are handled at the end although mailboxes are full: what a socket is read at once. */
const MAX_BEYOND = 65_536;

/** Marks the end of a share in the run queue: everything sent to channels before it is handled by then. */
const END_OF_SHARE = {};

/** The socket process extends it: one object less for every connection. */
export abstract class Reader implements Receiver {
  /** When the client will have its whole burst again. Not 0: V8 then stores a plain double from the start. */
  #creditFullAt = -Infinity;
  #share = SHARE;
  /** How many reasons there are to pause reading: full mailboxes, a drain. */
  #stops = 0;
  #awaitsShare = false;
  #throttle: NodeJS.Timeout | undefined = undefined;
  #isPaused = false;
  #isOver = false;
  #held: { readonly data: FrameData; readonly bytes: number }[] | undefined = undefined;

  abstract readonly connection: Connection;

  protected abstract get bytesPerSecond(): number;

  /** Handles a frame. Never throws. `now` is `performance.now()`. */
  protected abstract handle(data: FrameData, now: number): void;

  /** The client has exceeded `bytesPerSecond`: reading pauses for `waitMs`. */
  protected abstract throttled(bytesPerSecond: number, waitMs: number): void;

  /** A frame of this many bytes has arrived. */
  receive(data: FrameData, bytes: number = data.length): void {
    if (this.#held === undefined && this.#reads) this.#handle(data, bytes);
    else if (!this.#isOver) {
      (this.#held ??= []).push({ data, bytes });
      this.#pause();
    }
  }

  /**
   * Counts bytes other than its frames against the client's rate: pings, and what its messages made the server send to
   * others. When the rate is exceeded, reading pauses.
   */
  spend(bytes: number, now = performance.now()): void {
    const { bytesPerSecond } = this;
    this.#creditFullAt = Math.max(this.#creditFullAt, now) + (bytes / bytesPerSecond) * 1_000;
    const wait = this.#creditFullAt - now - BURST_MS;
    if (wait > 0 && this.#throttle === undefined && !this.#isOver) {
      this.#wait(bytesPerSecond, Math.max(MIN_WAIT, Math.ceil(wait)));
    }
  }

  /** Whether the transport has been told to stop reading. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Stops handling until {@link start} has been called as many times. */
  protected stop(): void {
    this.#stops++;
    this.#pause();
  }

  protected start(): void {
    this.#stops--;
    this.#goOn();
  }

  /** The run queue has handled this connection's share: starts the next one. */
  deliver(): void {
    this.#awaitsShare = false;
    this.#share = SHARE;
    this.#goOn();
  }

  /**
   * The connection is closed. What the client had sent before is still handled, unless this side has closed it; of what
   * finds full mailboxes only one read of the socket, because compressed frames can be very many.
   */
  protected endReading(isHandled: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#throttle);
    const held = this.#held ?? [];
    this.#held = undefined;
    if (!isHandled) return;
    let beyond = 0;
    for (const { data, bytes } of held) {
      if (this.#stops > 0 && (beyond += bytes) > MAX_BEYOND) return;
      this.handle(data, performance.now());
    }
  }

  get #reads(): boolean {
    return this.#stops === 0 && !this.#awaitsShare && this.#throttle === undefined && !this.#isOver;
  }

  #handle(data: FrameData, bytes: number): void {
    const now = performance.now();
    this.spend(bytes, now);
    this.handle(data, now);
    if ((this.#share -= FRAME_BYTES + bytes) > 0) return;
    this.#awaitsShare = true;
    schedule(this, END_OF_SHARE);
  }

  /** Handles the kept frames as far as allowed, and resumes reading when none are left. */
  #goOn(): void {
    const held = this.#held;
    if (held !== undefined) {
      let next = 0;
      while (next < held.length && this.#reads) {
        const { data, bytes } = held[next++] as (typeof held)[number];
        this.#handle(data, bytes);
      }
      if (this.#isOver) return;
      this.#held = next === held.length ? undefined : held.slice(next);
    }
    if (!this.#isPaused || this.#held !== undefined || !this.#reads) return;
    this.#isPaused = false;
    this.connection.resume();
  }

  #pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.connection.pause();
  }

  #wait(bytesPerSecond: number, ms: number): void {
    this.#throttle = setTimeout(() => {
      this.#throttle = undefined;
      this.#goOn();
    }, ms);
    this.#throttle.unref();
    this.#pause();
    this.throttled(bytesPerSecond, ms);
  }
}
