/**
 * The way in: hands the frames of batches to the session, one after another. It rests while the session wants nothing
 * read, and while too much waits for the client; the POST that brought the batch is answered after its last frame, and
 * so the client slows down.
 */
import type { FrameData } from "@wingbeat/protocol";
import type { Deliverer } from "./reach.ts";

/** After so many bytes, other clients get a turn. */
const BYTES_PER_TURN = 64 * 1024;

/** Where frames go. */
export interface Reader {
  /** Whether a frame may be handed over now. */
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
  /** Of all batches that wait. */
  #bytes = 0;
  #bytesOfTurn = 0;
  #isScheduled = false;

  /** `maxBytes` is how much may wait at once. */
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

  /** Goes on, if the session reads. */
  run(): void {
    if (!this.#isScheduled) this.#step();
  }

  /** The session has ended: what waits is not read any more. */
  end(): void {
    const batches = this.#batches;
    this.#batches = [];
    this.#bytes = 0;
    for (const { deliverer } of batches) deliverer.settled("unread");
  }

  /** Hands over one frame. What it sets off in channels comes before the next one, as if each had come by itself. */
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
