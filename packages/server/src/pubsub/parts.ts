/**
 * Long envelopes in parts, for engines that take small messages only: PostgreSQL takes 8 kB, NATS 1 MB. A sender sends
 * the parts of one envelope before anything else: of each sender at most one envelope is incomplete.
 *
 * A part: 1 byte kind (2), 8 bytes incarnation of the sender, 4 bytes number of the envelope, 4 bytes index of the
 * part, 4 bytes count of parts, then its bytes. Numbers are big-endian.
 */

/** The first byte of a part. */
export const PART = 2;

const HEADER = 21;

/** Cuts long envelopes of one node. */
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

interface Incomplete {
  readonly number: number;
  readonly pieces: Buffer[];
  bytes: number;
}

/** Puts the parts of all senders together. What is incomplete has at most `limit` bytes: the oldest is given up first. */
export class PartJoiner {
  readonly #limit: number;
  readonly #incomplete = new Map<string, Incomplete>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that wait for their other parts. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a part, and gives the envelope when it was the last one. A part that does not follow ends its envelope. */
  add(part: Buffer): Buffer | undefined {
    if (part.length < HEADER) throw new RangeError("a part that was cut off");
    const sender = part.toString("latin1", 1, 9);
    const index = part.readUInt32BE(13);
    const count = part.readUInt32BE(17);
    const envelope = this.#envelope(sender, part.readUInt32BE(9), index);
    if (envelope === undefined) return undefined;
    // A copy: the engine may use its buffer again.
    const piece = Buffer.from(part.subarray(HEADER));
    envelope.pieces.push(piece);
    envelope.bytes += piece.length;
    this.#bytes += piece.length;
    if (index + 1 < count) {
      this.#shrink();
      return undefined;
    }
    this.#drop(sender);
    return Buffer.concat(envelope.pieces, envelope.bytes);
  }

  /** Forgets all parts: the connection they came on is gone. */
  clear(): void {
    this.#incomplete.clear();
    this.#bytes = 0;
  }

  #envelope(sender: string, number: number, index: number): Incomplete | undefined {
    const known = this.#incomplete.get(sender);
    if (known?.number === number && known.pieces.length === index) return known;
    this.#drop(sender);
    if (index !== 0) return undefined;
    const started: Incomplete = { number, pieces: [], bytes: 0 };
    this.#incomplete.set(sender, started);
    return started;
  }

  #drop(sender: string): void {
    this.#bytes -= this.#incomplete.get(sender)?.bytes ?? 0;
    this.#incomplete.delete(sender);
  }

  #shrink(): void {
    for (const sender of this.#incomplete.keys()) {
      if (this.#bytes <= this.#limit) return;
      this.#drop(sender);
    }
  }
}
