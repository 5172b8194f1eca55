/**
 * Coalesced writing: everything sent to a connection within one turn of the event loop leaves in one write.
 *
 * What is queued for a connection is a {@link Batch}: a chain of frames. Connections that are sent the same frames in
 * the same order share a batch, so 8 broadcasts to 1,000 subscribers make 8 batches and one joined buffer.
 */

/** At this many bytes a connection is written to at once: batches stay small even when one turn sends a lot. */
const MAX_BATCH_BYTES = 64 * 1024;

/** A frame and those before it, in order. */
class Batch {
  readonly #previous: Batch | undefined;
  readonly #frame: Uint8Array;
  readonly size: number;
  #next: Batch | undefined = undefined;
  #bytes: Uint8Array | undefined = undefined;

  constructor(previous: Batch | undefined, frame: Uint8Array) {
    this.#previous = previous;
    this.#frame = frame;
    this.size = (previous?.size ?? 0) + frame.length;
  }

  /** This batch plus one more frame. The last continuation is cached: a broadcast asks for the same one each time. */
  with(frame: Uint8Array): Batch {
    if (this.#next === undefined || this.#next.#frame !== frame) this.#next = new Batch(this, frame);
    return this.#next;
  }

  /** Whether the batch consists of just this frame. */
  isJust(frame: Uint8Array): boolean {
    return this.#frame === frame && this.#previous === undefined;
  }

  /** All frames in one buffer, joined at the first call. */
  bytes(): Uint8Array {
    if (this.#previous === undefined) return this.#frame;
    if (this.#bytes === undefined) {
      const bytes = Buffer.allocUnsafe(this.size);
      let end = this.size;
      for (let batch: Batch | undefined = this; batch !== undefined; batch = batch.#previous) {
        end -= batch.#frame.length;
        bytes.set(batch.#frame, end);
      }
      this.#bytes = bytes;
    }
    return this.#bytes;
  }
}

/** The last batch started in this turn: the first frame of a broadcast is the same for all its receivers. */
let latest: Batch | undefined;
let waiting: CoalescedWriter[] = [];

/**
 * Collects the frames of one connection. The connection extends this class: one object less to fetch into the cache for
 * each receiver of a broadcast.
 */
export abstract class CoalescedWriter {
  #batch: Batch | undefined = undefined;

  /** Writes the bytes of one turn. Must not throw: other connections wait behind it. */
  protected abstract write(bytes: Uint8Array): void;

  /** What will be written at the end of this turn. */
  protected get waitingBytes(): number {
    return this.#batch?.size ?? 0;
  }

  /** Queues a frame for the write at the end of this turn. */
  protected add(frame: Uint8Array): void {
    if (this.#batch !== undefined) this.#batch = this.#batch.with(frame);
    else {
      if (waiting.push(this) === 1) setImmediate(flushAll);
      if (latest === undefined || !latest.isJust(frame)) latest = new Batch(undefined, frame);
      this.#batch = latest;
    }
    if (this.#batch.size > MAX_BATCH_BYTES) this.flush();
  }

  /** Writes the queued frames now. */
  flush(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    this.write(batch.bytes());
  }
}

function flushAll(): void {
  const writers = waiting;
  waiting = [];
  latest = undefined;
  for (const writer of writers) writer.flush();
}
