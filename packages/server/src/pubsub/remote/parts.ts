/**
 * Splits long envelopes into parts, for engines with small message limits: PostgreSQL takes 8 kB, NATS 1 MB. A sender
 * sends the parts of one envelope before anything else, and numbers its envelopes.
 *
 * A part: 1 byte kind (2), 8 bytes incarnation of the sender, 4 bytes number of the envelope, 4 bytes index of the
 * part, 4 bytes count of parts, then its bytes. Numbers are big-endian.
 */

/** The first byte of a part. */
export const PART = 2;

const HEADER = 21;
/** Minimum bytes of a part beside its header: an engine that takes less is broken. */
const MIN_ROOM = 1;
/** How many envelopes may be incomplete at once, however small. */
const MOST_INCOMPLETE = 1_000;

/** Splits long envelopes of one node. */
export class PartCutter {
  readonly #incarnation: Buffer;
  #number = 0;

  constructor(incarnation: Buffer) {
    this.#incarnation = incarnation;
  }

  /** The envelope itself, or parts of at most `maxBytes` each. */
  cut(envelope: Buffer, maxBytes: number): readonly Buffer[] {
    if (envelope.length <= maxBytes) return [envelope];
    const room = maxBytes - HEADER;
    if (!(room >= MIN_ROOM)) throw new RangeError(`the engine's limit of ${maxBytes} bytes is too small for a part`);
    const count = Math.ceil(envelope.length / room);
    this.#number = (this.#number + 1) >>> 0;
    return Array.from({ length: count }, (_, index) =>
      this.#part(envelope.subarray(index * room, (index + 1) * room), index, count),
    );
  }

  #part(piece: Buffer, index: number, count: number): Buffer {
    const part = Buffer.allocUnsafe(HEADER + piece.length);
    part[0] = PART;
    this.#incarnation.copy(part, 1);
    part.writeUInt32BE(this.#number, 9);
    part.writeUInt32BE(index, 13);
    part.writeUInt32BE(count, 17);
    piece.copy(part, HEADER);
    return part;
  }
}

/** The parts of one envelope so far, in one buffer, so that many small ones take no more memory than their bytes. */
class Incomplete {
  readonly count: number;
  /** The index of the part that follows. */
  next = 0;
  bytes = 0;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(count: number) {
    this.count = count;
  }

  add(piece: Buffer): void {
    const bytes = this.bytes + piece.length;
    if (bytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(this.next === 0 ? bytes : 2 * bytes);
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    piece.copy(this.#buffer, this.bytes);
    this.bytes = bytes;
    this.next++;
  }

  get envelope(): Buffer {
    return this.#buffer.subarray(0, this.bytes);
  }
}

/**
 * Reassembles the parts of all senders. Incomplete envelopes take at most `limit` bytes: beyond it the oldest is
 * dropped.
 */
export class PartJoiner {
  readonly #limit: number;
  /** By sender and number. */
  readonly #incomplete = new Map<string, Incomplete>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of incomplete envelopes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a part, and returns the envelope when it was the last one. A part out of order drops its envelope. Throws for
   * malformed parts.
   */
  add(part: Buffer): Buffer | undefined {
    if (part.length < HEADER) throw new RangeError("truncated part");
    const name = part.toString("latin1", 1, 13);
    const index = part.readUInt32BE(13);
    const count = part.readUInt32BE(17);
    if (index >= count || part.length === HEADER) throw new RangeError("part is empty or beyond the last one");
    const incomplete = this.#find(name, index, count);
    if (incomplete === undefined) return undefined;
    // A copy: the engine may use its buffer again.
    incomplete.add(part.subarray(HEADER));
    this.#bytes += part.length - HEADER;
    if (index + 1 < count) {
      this.#shrink();
      return undefined;
    }
    this.#drop(name);
    return incomplete.envelope;
  }

  /** Drops all parts: their connection is gone. */
  clear(): void {
    this.#incomplete.clear();
    this.#bytes = 0;
  }

  #find(name: string, index: number, count: number): Incomplete | undefined {
    const known = this.#incomplete.get(name);
    if (known?.next === index && known.count === count) return known;
    this.#drop(name);
    if (index !== 0) return undefined;
    const started = new Incomplete(count);
    this.#incomplete.set(name, started);
    return started;
  }

  #drop(name: string): void {
    this.#bytes -= this.#incomplete.get(name)?.bytes ?? 0;
    this.#incomplete.delete(name);
  }

  #shrink(): void {
    for (const name of this.#incomplete.keys()) {
      if (this.#bytes <= this.#limit && this.#incomplete.size <= MOST_INCOMPLETE) return;
      this.#drop(name);
    }
  }
}
