/**
 * Decides when the frames of a client are handled: in order, in shares, and only as fast as the client may send. Frames
 * that may not be handled yet are kept undecoded, and the transport stops reading.
 *
 * A transport delivers all frames of one read at once. Without shares, a client that sends 2,000 messages in one write
 * would have all of them handled before anybody else's next one.
 */
import type { FrameData } from "@wingbeat/protocol";
import { schedule } from "../channel/schedule.ts";
import type { Mailbox } from "../channel/schedule.ts";
import type { Connection } from "../transports/connection.ts";

/** How much of one connection is handled before the others get their turn: a frame costs 1, plus 1 for each 8 KiB. */
const SHARE = 8;
const BYTES_PER_COST = 8 * 1024;

/** The shortest pause in reading, in ms: a shorter timer would cost more than it saves. */
const MIN_WAIT = 20;

/** Bytes that are handled at the end although mailboxes are full: what a socket is read at once. */
const MAX_BEYOND = 65_536;

/** Marks the end of a share in the run queue: everything sent to channels before it is handled by then. */
const END_OF_SHARE = {};

export interface ReaderOwner {
  readonly connection: Connection;
  /** Handles a frame. Never throws. */
  handle(data: FrameData): void;
  /** The client has exceeded `bytesPerSecond`: reading pauses for `waitMs`. */
  throttled(bytesPerSecond: number, waitMs: number): void;
}

export class Reader implements Mailbox {
  readonly #owner: ReaderOwner;
  readonly #bytesPerSecond: number;
  /** Bytes left before reading pauses. Refilled when it is used up, not before. */
  #credit: number;
  #creditedAt: number;
  #share = SHARE;
  /** How many reasons there are to pause reading: full mailboxes, a drain. */
  #stops = 0;
  #awaitsShare = false;
  #throttle: NodeJS.Timeout | undefined = undefined;
  #isPaused = false;
  #isOver = false;
  #held: { readonly data: FrameData; readonly bytes: number }[] | undefined = undefined;

  constructor(owner: ReaderOwner, bytesPerSecond: number, now: number) {
    this.#owner = owner;
    this.#bytesPerSecond = bytesPerSecond;
    this.#credit = bytesPerSecond;
    this.#creditedAt = now;
  }

  /** A frame of this many bytes has arrived. */
  take(data: FrameData, bytes: number): void {
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
  spend(bytes: number): void {
    if ((this.#credit -= bytes) >= 0 || this.#throttle !== undefined || this.#isOver) return;
    const now = performance.now();
    const earned = ((now - this.#creditedAt) / 1_000) * this.#bytesPerSecond;
    this.#credit = Math.min(this.#bytesPerSecond, this.#credit + earned);
    this.#creditedAt = now;
    if (this.#credit < 0) this.#wait(Math.max(MIN_WAIT, Math.ceil((-this.#credit / this.#bytesPerSecond) * 1_000)));
  }

  /** Stops handling until {@link start} has been called as many times. */
  stop(): void {
    this.#stops++;
    this.#pause();
  }

  start(): void {
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
  end(isHandled: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#throttle);
    const held = this.#held ?? [];
    this.#held = undefined;
    if (!isHandled) return;
    let beyond = 0;
    for (const { data, bytes } of held) {
      if (this.#stops > 0 && (beyond += bytes) > MAX_BEYOND) return;
      this.#owner.handle(data);
    }
  }

  get #reads(): boolean {
    return this.#stops === 0 && !this.#awaitsShare && this.#throttle === undefined && !this.#isOver;
  }

  #handle(data: FrameData, bytes: number): void {
    this.spend(bytes);
    this.#owner.handle(data);
    if ((this.#share -= 1 + bytes / BYTES_PER_COST) > 0) return;
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
    this.#owner.connection.resume();
  }

  #pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.#owner.connection.pause();
  }

  #wait(ms: number): void {
    this.#throttle = setTimeout(() => {
      this.#throttle = undefined;
      this.#goOn();
    }, ms);
    this.#throttle.unref();
    this.#pause();
    this.#owner.throttled(this.#bytesPerSecond, ms);
  }
}
