/** Messages queued for the engine, up to a limit in bytes. Beyond it the oldest are dropped. */
import type { Parcel } from "./engine.ts";

export class ParcelQueue {
  readonly #limit: number;
  #parcels: Parcel[] = [];
  /** The index of the oldest: removing from the front of a long array would move all the others. */
  #first = 0;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#parcels.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a parcel of at most `limit` bytes, and returns how many older ones were dropped. */
  add(parcel: Parcel): number {
    this.#parcels.push(parcel);
    this.#bytes += parcel.bytes.length;
    let dropped = 0;
    while (this.#bytes > this.#limit) {
      this.#shift();
      dropped++;
    }
    return dropped;
  }

  /** Removes the oldest: at least one, and no more than `maxBytes` together. */
  take(maxBytes: number): Parcel[] {
    const taken: Parcel[] = [];
    let bytes = 0;
    while (this.size > 0) {
      bytes += (this.#parcels[this.#first] as Parcel).bytes.length;
      if (taken.length > 0 && bytes > maxBytes) break;
      taken.push(this.#shift());
    }
    return taken;
  }

  #shift(): Parcel {
    const parcel = this.#parcels[this.#first++] as Parcel;
    this.#bytes -= parcel.bytes.length;
    if (this.#first * 2 > this.#parcels.length) {
      this.#parcels = this.#parcels.slice(this.#first);
      this.#first = 0;
    }
    return parcel;
  }
}
