/**
 * A broadcast on its way out. It is encoded when it is made: what cannot be sent fails at the call, where its sender is,
 * and never at a receiver. Receivers share its frames; callbacks each get a copy of the payload as it was then.
 */
import { bytesOf, v2Server } from "@wingbeat/protocol";
import type { ServerCodec } from "@wingbeat/protocol";
import { Broadcast } from "../pubsub.ts";
import { Frame } from "../transports/transport.ts";
import { copyOf } from "./copy.ts";

export class OutgoingBroadcast extends Broadcast {
  readonly #frame: Frame;
  /** For codecs other than V2: a frame, or why there is none. */
  #others: Map<ServerCodec, Frame | { readonly error: unknown }> | undefined = undefined;
  #snapshot: { readonly payload: unknown } | undefined = undefined;

  /** Throws an EncodeError for a payload that cannot be pushed: an array, null, a cycle, more than 1,000 levels. */
  constructor(topic: string, event: string, payload: unknown) {
    super(topic, event, bytesOf(payload) ?? payload);
    this.#frame = new Frame(v2Server.encodeBroadcast(topic, event, payload));
  }

  /** How much each receiver is sent: bytes, or characters of a text. */
  get size(): number {
    return this.#frame.data.length;
  }

  /** What is sent to a client with this codec, the same object for all. Throws when its version cannot carry it. */
  frame(codec: ServerCodec): Frame {
    if (codec === v2Server) return this.#frame;
    this.#others ??= new Map();
    let made = this.#others.get(codec);
    if (made === undefined) this.#others.set(codec, (made = this.#encode(codec)));
    if (made instanceof Frame) return made;
    throw made.error;
  }

  /** For a receiver that does not wait: a plain broadcast with a payload of its own. */
  copy(): Broadcast {
    return new Broadcast(this.topic, this.event, this.copyPayload());
  }

  /** Keeps the payload as it is now, for {@link copyPayload} later on. Called while the sender is in its call. */
  keepPayload(): void {
    this.#snapshot ??= { payload: this.#payloadAsSent() };
  }

  /** The payload as it was sent, as a value of the caller's own. */
  copyPayload(): unknown {
    this.keepPayload();
    return copyOf(this.#snapshot?.payload);
  }

  #encode(codec: ServerCodec): Frame | { readonly error: unknown } {
    try {
      return new Frame(codec.encodeBroadcast(this.topic, this.event, this.payload));
    } catch (error) {
      return { error };
    }
  }

  /** As it arrives at other nodes: as JSON says it, with bytes as bytes. */
  #payloadAsSent(): unknown {
    const { data } = this.#frame;
    if (typeof data !== "string") return copyOf(this.payload);
    return (JSON.parse(data) as unknown[])[4];
  }
}
