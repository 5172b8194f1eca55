/**
 * Incoming batches: passes their frames to the socket, one at a time. It pauses while the socket has paused reading,
 * and while too much is buffered for the client; a POST is answered after the last frame of its batch, which slows the
 * client down.
 */
import type { FrameData } from "@wingbeat/protocol";
import type { Deliverer } from "./client.ts";

/** After this many bytes, other clients get a turn. */
const BYTES_PER_TURN = 64 * 1024;

/** Where frames go. */
export interface Reader {
  /** Whether a frame may be passed on now. */
  readonly reads: boolean;
  read(data: FrameData): void;
}

interface Batch {
  readonly frames: readonly FrameData[];
  readonly deliverer: Deliverer;
  readonly size: number;
  next: number;
}

export class Intake {
  readonly #reader: Reader;
  readonly #maxBytes: number;
  #batches: Batch[] = [];
  /** The bytes of all waiting batches. */
  #bytes = 0;
  #bytesOfTurn = 0;
  #isScheduled = false;

  /** `maxBytes` is how much may wait at a time. */
  constructor(reader: Reader, maxBytes: number) {
    this.#reader = reader;
    this.#maxBytes = maxBytes;
  }

  take(frames: readonly FrameData[], deliverer: Deliverer): void {
    const size = frames.reduce((sum, frame) => sum + frame.length, 0);
    const isFirst = this.#batches.length === 0;
    if (!isFirst && this.#bytes + size > this.#maxBytes) {
      deliverer.settled("full");
      return;
    }
    this.#bytes += size;
    this.#batches.push({ frames, deliverer, size, next: 0 });
    if (isFirst) this.run();
    else deliverer.waiting();
  }

  /** Continues, unless the socket has paused reading. */
  run(): void {
    if (!this.#isScheduled) this.#step();
  }

  /** The connection has ended: waiting batches are dropped. */
  end(): void {
    const batches = this.#batches;
    this.#batches = [];
    this.#bytes = 0;
    for (const { deliverer } of batches) deliverer.settled("unread");
  }

  /**
   * Passes on one frame. What it triggers in channels happens before the next one, as if each had arrived separately.
   */
  #step(): void {
    this.#isScheduled = false;
    const [batch] = this.#batches;
    if (batch === undefined) return;
    if (!this.#reader.reads) {
      for (const { deliverer } of this.#batches) deliverer.waiting();
      return;
    }
    const frame = batch.frames[batch.next++] as FrameData;
    this.#bytesOfTurn += frame.length;
    this.#reader.read(frame);
    if (this.#batches[0] !== batch) return;
    if (batch.next === batch.frames.length) {
      this.#batches.shift();
      this.#bytes -= batch.size;
      batch.deliverer.settled("delivered");
    }
    if (this.#batches.length > 0) this.#schedule();
  }

  #schedule(): void {
    this.#isScheduled = true;
    if (this.#bytesOfTurn < BYTES_PER_TURN) process.nextTick(Intake.#next, this);
    else {
      this.#bytesOfTurn = 0;
      setImmediate(Intake.#next, this);
    }
  }

  static #next(this: void, intake: Intake): void {
    intake.#step();
  }
}
