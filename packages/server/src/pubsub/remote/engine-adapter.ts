/**
 * A PubSub adapter over any engine: sends and receives envelopes, for all nodes or for one.
 *
 * Every node gets every broadcast, whatever its topic, and drops it early when nobody here is subscribed. The
 * alternative, one engine channel per topic, was rejected: a subscription would only take effect after a round trip to
 * the engine, and anything broadcast between the join's reply and then would be lost silently. It would also cost two
 * engine commands per topic that comes and goes. The price is what a node pays for a broadcast that does not concern
 * it: docs/guide/scaling.md has the figure.
 */
import { randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { hostname } from "node:os";
import { WingbeatError } from "../../errors.ts";
import { checkCount, checkDuration } from "../../options.ts";
import type { AdapterStatus, DeliverLocally, PubSubAdapter, PubSubMessage } from "../adapter.ts";
import { topicHash } from "../topic-hash.ts";
import type { Engine } from "./engine.ts";
import { DIRECT, Envelope, EnvelopeWriter } from "./envelope.ts";
import { Gaps, LATE, TOO_FAR } from "./gaps.ts";
import { Link } from "./link.ts";
import { PART, PartCutter, PartJoiner } from "./parts.ts";
import { signedEngine, signingKeys } from "./signing.ts";

/** The options of all adapters over an engine. */
export interface EngineOptions {
  /** Unique among the nodes, at most 255 bytes. Default: host name, process id and a random number. */
  readonly nodeName?: string;
  /** Only nodes of the same namespace are connected: letters, digits, `_`, `-`. Default `wingbeat`. */
  readonly namespace?: string;
  /**
   * Bytes of messages queued while the engine is down or slow; beyond it the oldest are dropped. Also the size of the
   * largest message. Default 16,777,216.
   */
  readonly maxQueuedBytes?: number;
  /** Milliseconds between two checks that what this node sends comes back. Default 10,000. */
  readonly heartbeat?: number;
  /**
   * Signs what this node sends, and rejects messages of others without a valid signature: at least 20 bytes, the same
   * on all nodes. In a list, the first secret signs and all are accepted: to rotate it, deploy `[old, new]`, then
   * `[new, old]`, then `new`. Default: nothing is signed, and anybody who can write to the engine is trusted.
   */
  readonly secret?: string | readonly string[];
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const PUBSUB_LIMITS = { maxQueuedBytes: 16 * 1024 * 1024, heartbeat: 10_000 } as const;

/** The names of {@link EngineOptions}. */
export const ENGINE_OPTIONS: readonly string[] = ["nodeName", "namespace", "maxQueuedBytes", "heartbeat", "secret"];

/** The namespace from the options. Throws `WB_OPTION` for one that not every engine supports in a name. */
export function namespaceOf(where: string, { namespace = "wingbeat" }: EngineOptions): string {
  if (/^[\w-]{1,40}$/.test(namespace)) return namespace;
  throw new WingbeatError(
    "WB_OPTION",
    `${where}.namespace is "${namespace}": it must be 1 to 40 letters, digits, "_" or "-".`,
  );
}

/** `host-4711-9f86d081` */
const uniqueName = (): string => `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;

/** Throws `WB_OPTION`. */
export function engineAdapter(where: string, engine: Engine, options: EngineOptions): PubSubAdapter {
  const {
    nodeName = uniqueName(),
    maxQueuedBytes = PUBSUB_LIMITS.maxQueuedBytes,
    heartbeat = PUBSUB_LIMITS.heartbeat,
  } = options;
  checkCount(`${where}.maxQueuedBytes`, maxQueuedBytes);
  checkDuration(`${where}.heartbeat`, heartbeat);
  if (nodeName === "" || Buffer.byteLength(nodeName) > 255) {
    throw new WingbeatError("WB_OPTION", `${where}.nodeName is "${nodeName}": it must have 1 to 255 bytes.`);
  }
  const keys = options.secret === undefined ? [] : signingKeys(where, options.secret, namespaceOf(where, options));
  return new EngineAdapter(engine, keys, nodeName, maxQueuedBytes, heartbeat);
}

class EngineAdapter implements PubSubAdapter {
  readonly nodeName: string;
  readonly #streams: number;
  readonly #maxQueuedBytes: number;
  readonly #writer: EnvelopeWriter;
  readonly #ownSender: string;
  readonly #joiner: PartJoiner;
  readonly #link: Link;
  readonly #gaps: Gaps;
  readonly #isSigned: boolean;
  /** Broadcasts so far, by stream. */
  readonly #sequences: number[];
  #directSequence = 0;
  #deliver: DeliverLocally = () => {};

  constructor(engine: Engine, keys: readonly KeyObject[], nodeName: string, maxQueuedBytes: number, heartbeat: number) {
    this.nodeName = nodeName;
    this.#streams = engine.streams;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#sequences = Array.from({ length: engine.streams }, () => 0);
    this.#writer = new EnvelopeWriter(nodeName);
    this.#ownSender = this.#writer.incarnation.toString("latin1");
    // The same limit applies to incoming parts as to the queue.
    this.#joiner = new PartJoiner(maxQueuedBytes);
    this.#isSigned = keys.length > 0;
    this.#gaps = new Gaps(this.#isSigned);
    const cutter = new PartCutter(this.#writer.incarnation);
    const carrier = this.#isSigned ? signedEngine(engine, keys, (error) => this.#refuse(error)) : engine;
    this.#link = new Link(carrier, {
      nodeName,
      maxQueuedBytes,
      heartbeat,
      receive: (bytes) => this.#receive(bytes),
      cut: (bytes, maxBytes) => cutter.cut(bytes, maxBytes),
    });
  }

  status(): AdapterStatus {
    return this.#link.status;
  }

  async start(deliver: DeliverLocally): Promise<void> {
    this.#deliver = deliver;
    await this.#link.start();
  }

  broadcast(message: PubSubMessage): void {
    const stream = this.#streams === 1 ? 0 : topicHash(message.topic) % this.#streams;
    const sequence = (this.#sequences[stream] as number) + 1;
    const bytes = this.#write(message, stream, sequence);
    this.#sequences[stream] = sequence;
    this.#link.send({ node: undefined, stream, bytes });
  }

  directBroadcast(nodeName: string, message: PubSubMessage): void {
    // Bypasses the engine: works while that is down.
    if (nodeName === this.nodeName) return this.#deliver(message);
    const bytes = this.#write(message, DIRECT, this.#directSequence + 1);
    this.#directSequence++;
    this.#link.send({ node: nodeName, stream: 0, bytes });
  }

  flush(ms: number): Promise<void> {
    return this.#link.flush(ms);
  }

  async stop(): Promise<void> {
    this.#deliver = () => {};
    await this.#link.stop();
    this.#joiner.clear();
  }

  /** Throws for anything that JSON cannot carry, and for messages too large to be sent at all. */
  #write(message: PubSubMessage, stream: number, sequence: number): Buffer {
    const bytes = this.#writer.write(message, stream, sequence);
    if (bytes.length <= this.#maxQueuedBytes) return bytes;
    throw new RangeError(`message has ${bytes.length} bytes, the limit is ${this.#maxQueuedBytes} (maxQueuedBytes)`);
  }

  #refuse(error: unknown): void {
    this.#link.losses.unreadable(error);
  }

  #receive(bytes: Buffer): void {
    try {
      const envelope = bytes[0] === PART ? this.#joiner.add(bytes) : bytes;
      if (envelope !== undefined) this.#open(new Envelope(envelope));
    } catch (error) {
      this.#refuse(error);
    }
  }

  #open(envelope: Envelope): void {
    const { sender, stream, sequence } = envelope;
    if (sender === this.#ownSender) return;
    // Direct messages are not checked for replay unless they are signed.
    if (stream !== DIRECT || this.#isSigned) {
      if (stream !== DIRECT && stream >= this.#streams) throw new RangeError("message of an unknown stream");
      const missed = this.#gaps.check(sender, stream, sequence);
      if (missed === TOO_FAR) throw new RangeError(`sequence number jumps to ${sequence}: possibly forged`);
      if (missed === LATE) return;
      if (missed > 0 && stream !== DIRECT) this.#link.losses.missed(missed, envelope.node);
    }
    this.#deliver(envelope);
  }
}
