/**
 * When the frames of a client are handled: in their order, in shares, and only as fast as the client may send. What came
 * while it may not be handled is held as it came, undecoded, and the transport stops reading.
 *
 * A transport hands over all frames of one read at once. Without shares, a client that sends 2,000 messages in one write
 * would have all of them handled before anybody else's next one.
 */
import type { FrameData } from "@wingbeat/protocol";
import { schedule } from "../channel/schedule.ts";
import type { Mailbox } from "../channel/schedule.ts";
import type { Connection } from "../transports/transport.ts";

/** What one connection may have handled before the others get their turn: a frame costs 1, and 1 more for each 8 KiB. */
const SHARE = 8;
const BYTES_PER_COST = 8 * 1024;

/** The shortest time that a client is not read, in ms: a timer for less would cost more than it saves. */
const MIN_WAIT = 20;

/** What stands in the run queue for the end of a share: all that was sent to channels before it is handled then. */
const END_OF_SHARE = {};

export interface ReaderOwner {
  readonly connection: Connection;
  /** Handles a frame. Never throws. */
  handle(data: FrameData): void;
  /** The client has sent more than `bytesPerSecond`: it is not read for `waitMs`. */
  throttled(bytesPerSecond: number, waitMs: number): void;
}

export class Reader implements Mailbox {
  readonly #owner: ReaderOwner;
  readonly #bytesPerSecond: number;
  /** Bytes that may come before the client is not read for a while. Earned when it is used up, not before. */
  #credit: number;
  #creditedAt: number;
  #share = SHARE;
  /** How many reasons there are not to read: full mailboxes, a drain. */
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

  /** A frame of so many bytes has come. */
  take(data: FrameData, bytes: number): void {
    if (this.#held === undefined && this.#reads) this.#handle(data, bytes);
    else if (!this.#isOver) {
      (this.#held ??= []).push({ data, bytes });
      this.#pause();
    }
  }

  /**
   * Counts bytes against the client's rate that are not a frame of its own: pings, and what its messages made the server
   * send to others. When the rate is exceeded, the client is not read until it is kept again.
   */
  spend(bytes: number): void {
    if ((this.#credit -= bytes) >= 0 || this.#throttle !== undefined || this.#isOver) return;
    const now = performance.now();
    const earned = ((now - this.#creditedAt) / 1_000) * this.#bytesPerSecond;
    this.#credit = Math.min(this.#bytesPerSecond, this.#credit + earned);
    this.#creditedAt = now;
    if (this.#credit < 0) this.#wait(Math.max(MIN_WAIT, Math.ceil((-this.#credit / this.#bytesPerSecond) * 1_000)));
  }

  /** Handles nothing until {@link start} was called as often. */
  stop(): void {
    this.#stops++;
    this.#pause();
  }

  start(): void {
    this.#stops--;
    this.#goOn();
  }

  /** The run queue has handled this connection's share: the next one begins. */
  deliver(): void {
    this.#awaitsShare = false;
    this.#share = SHARE;
    this.#goOn();
  }

  /** The connection is closed. What the client had sent before is still handled, unless this side has closed it. */
  end(isHandled: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#throttle);
    const held = this.#held ?? [];
    this.#held = undefined;
    if (isHandled) for (const { data } of held) this.#owner.handle(data);
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

  /** Handles what is held, as far as it may, and reads on when nothing is left. */
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
