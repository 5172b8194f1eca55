/** Slow clients: how long, and how far, one may stay behind before it is closed. */

/** It is closed at once when this many times `maxBufferedBytes` are buffered for it. */
const HEADROOM = 4;

let turn = 0;
let isTurnCounted = false;

/** The number of this turn of the event loop. Used only while a client is behind. */
function thisTurn(): number {
  if (!isTurnCounted) {
    isTurnCounted = true;
    setImmediate(() => {
      isTurnCounted = false;
      turn++;
    });
  }
  return turn;
}

/**
 * A client with more buffered than its limit. Data sent in one turn of the event loop does not count against a client
 * that had caught up before: it had no chance to read it. It then has some time to catch up, and may fall behind a
 * little further, because other clients may send a lot meanwhile; but not without limit.
 */
export class Lag {
  readonly #since = performance.now();
  readonly #turn = thisTurn();
  /** The most that was buffered in the turn in which it fell behind. */
  #peak = 0;

  /** Whether to close the client, given this many buffered bytes. */
  isTooMuch(buffered: number, maxBufferedBytes: number, bufferTimeout: number): boolean {
    if (this.#turn === thisTurn()) {
      this.#peak = buffered;
      return false;
    }
    return buffered > this.#peak + (HEADROOM - 1) * maxBufferedBytes || this.isTooLong(bufferTimeout);
  }

  isTooLong(bufferTimeout: number): boolean {
    return performance.now() - this.#since > bufferTimeout;
  }
}
