/**
 * Whether a client keeps up with what it is sent. A connection has one as soon as something depends on it: an event that
 * may be dropped, or `ctx.bufferedBytes`.
 *
 * What the process has written waits in the buffers of two kernels, where nobody sees it: some megabytes, which are
 * minutes of cursor positions. So a client that understands it is sent a mark now and then, behind an event that may be
 * dropped, and sends it back. What was sent before has then arrived.
 */
import type { Holder, Pace as PaceOfChannels } from "../channel/host.ts";
import type { Connection, Frame } from "../transports/connection.ts";

/** Beyond either of them a client is behind. */
export interface PaceLimits {
  /** Bytes that were sent and have not arrived, as far as is known. */
  readonly maxUnackedBytes: number;
  /** Milliseconds that the client may take to send a mark back, or to poll. */
  readonly ackTimeout: number;
}

/** A mark follows the last one no sooner than after this part of `ackTimeout`, or of `maxUnackedBytes`. */
const PERIOD = 1 / 2;
const SPAN = 1 / 4;

export class Pace implements PaceOfChannels {
  readonly #connection: Connection;
  readonly #limits: PaceLimits;
  readonly #mark: Frame | undefined;
  /** A mark is under way: how much was sent before it, and when it was sent. */
  #isMarked = false;
  #marked = 0;
  #markedAt = -Infinity;
  /** How much has arrived. */
  #acked = 0;
  #holders: Set<Holder> | undefined = undefined;
  #awaitsRoom = false;

  /** `mark`: what the client is sent to tell how far it has read; undefined when it does not understand that. */
  constructor(connection: Connection, limits: PaceLimits, mark: Frame | undefined) {
    this.#connection = connection;
    this.#limits = limits;
    this.#mark = connection.sentBytes === undefined ? undefined : mark;
  }

  get isBehind(): boolean {
    const { maxUnackedBytes, ackTimeout } = this.#limits;
    const connection = this.#connection;
    if (connection.bufferedBytes > maxUnackedBytes) return true;
    if (!this.#isMarked) return this.#mark === undefined && (connection.unreadFor ?? 0) > ackTimeout;
    return this.#unacked > maxUnackedBytes || performance.now() - this.#markedAt > ackTimeout;
  }

  /** What waits for the client, in the process and, as far as the client tells, on the way to it. */
  get bufferedBytes(): number {
    this.sent();
    return Math.max(this.#connection.bufferedBytes, this.#isMarked ? this.#unacked : 0);
  }

  /** Something was sent that makes it worth knowing whether the client keeps up. */
  sent(): void {
    if (this.#mark === undefined || this.#isMarked) return;
    const { maxUnackedBytes, ackTimeout } = this.#limits;
    const now = performance.now();
    const passed = now - this.#markedAt;
    // After a pause nothing is known of what was sent meanwhile. It has probably arrived.
    if (passed > ackTimeout) this.#acked = this.#sent;
    else if (passed < ackTimeout * PERIOD && this.#unacked < maxUnackedBytes * SPAN) return;
    this.#isMarked = true;
    this.#markedAt = now;
    this.#marked = this.#sent;
    this.#connection.send(this.#mark);
  }

  /** The client has sent the mark back. */
  acknowledged(): void {
    if (!this.#isMarked) return;
    this.#isMarked = false;
    this.#acked = this.#marked;
    this.#look();
  }

  await(holder: Holder): void {
    (this.#holders ??= new Set()).add(holder);
    this.#awaitRoom();
  }

  forget(holder: Holder): void {
    this.#holders?.delete(holder);
  }

  get #sent(): number {
    return this.#connection.sentBytes ?? 0;
  }

  get #unacked(): number {
    return this.#sent - this.#acked;
  }

  /** A mark comes back by itself. Without one under way, the connection tells when the client has taken something. */
  #awaitRoom(): void {
    if (this.#isMarked || this.#awaitsRoom) return;
    this.#awaitsRoom = true;
    this.#connection.onWritable(() => {
      this.#awaitsRoom = false;
      this.#look();
    });
  }

  #look(): void {
    const holders = this.#holders;
    if (holders === undefined || holders.size === 0) return;
    if (this.isBehind) return this.#awaitRoom();
    this.#holders = undefined;
    for (const holder of holders) holder.caughtUp();
  }
}
