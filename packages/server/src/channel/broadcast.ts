/**
 * An outgoing broadcast. It is encoded when created: a payload that cannot be sent fails at the call, and never at a
 * receiver. Receivers share its frames; callbacks each get a copy of the payload as it was then.
 */
import { bytesOf, v2Client, v2Server, withPosition } from "@wingbeat/protocol";
import type { FrameData, ServerCodec } from "@wingbeat/protocol";
import { Broadcast } from "../pubsub.ts";
import type { Recordable, Recorded, Stored } from "../pubsub.ts";
import { Frame } from "../transports/connection.ts";
import { copyOf } from "./copy.ts";
import { Droppable } from "./droppable.ts";
import type { Deliveries } from "./delivery.ts";

/** V2 of clients that take part in recovery: recorded broadcasts tell their position. */
export const v2Positioned: ServerCodec = { ...v2Server };

export class OutgoingBroadcast implements Recordable {
  readonly topic: string;
  readonly event: string;
  recorded: Recorded | undefined = undefined;
  readonly payload: unknown;
  readonly #frame: Frame;
  /** With its position. */
  #positioned: Frame | undefined = undefined;
  /** For codecs other than V2: a frame, or why there is none. */
  #others: Map<ServerCodec, Frame | { readonly error: unknown }> | undefined = undefined;
  /** The same on other topics, by topic. */
  #elsewhere: Map<string, OutgoingBroadcast> | undefined = undefined;
  #snapshot: { readonly payload: unknown } | undefined = undefined;

  /** Throws an EncodeError for a payload that cannot be pushed: an array, null, a cycle, more than 1,000 levels. */
  constructor(topic: string, event: string, payload: unknown, frame?: FrameData) {
    this.topic = topic;
    this.event = event;
    this.payload = bytesOf(payload) ?? payload;
    this.#frame = new Frame(frame ?? v2Server.encodeBroadcast(topic, event, payload));
  }

  /** What was stored in a history. Throws when it is not a frame of this topic and event. */
  static stored({ topic, event, body }: Stored): OutgoingBroadcast {
    const message = v2Client.decode(body);
    if (message.topic !== topic || message.event !== event) {
      throw new TypeError("what is stored is not a broadcast of its topic and event");
    }
    return new OutgoingBroadcast(topic, event, message.payload, body);
  }

  /** What is stored in a history: the frame of V2. */
  get body(): FrameData {
    return this.#frame.data;
  }

  /** The size that each receiver is sent: bytes, or characters of text. */
  get size(): number {
    return this.#frame.data.length;
  }

  /** The frame for clients with this codec, one object for all. Throws when their version cannot carry the payload. */
  frame(codec: ServerCodec): Frame {
    if (codec === v2Server) return this.#frame;
    if (codec === v2Positioned) return this.#withPosition();
    this.#others ??= new Map();
    let made = this.#others.get(codec);
    if (made === undefined) this.#others.set(codec, (made = this.#encode(codec)));
    if (made instanceof Frame) return made;
    throw made.error;
  }

  #withPosition(): Frame {
    if (this.recorded === undefined) return this.#frame;
    this.#positioned ??= new Frame(withPosition(this.#frame.data, this.recorded.position.offset));
    return this.#positioned;
  }

  /** How the frame is delivered to a receiver that declares this; undefined: like any other. */
  droppable(frame: Frame, deliveries: Deliveries): Droppable | undefined {
    const delivery = deliveries.get(this.event);
    return delivery && new Droppable(frame, delivery, this.topic, this.event, this.payload);
  }

  /** The same broadcast on another topic, one object for all. Throws when a frame cannot carry that topic. */
  on(topic: string): OutgoingBroadcast {
    this.#elsewhere ??= new Map();
    let other = this.#elsewhere.get(topic);
    if (other === undefined) {
      this.#elsewhere.set(topic, (other = new OutgoingBroadcast(topic, this.event, this.payload)));
    }
    return other;
  }

  /** For a receiver that does not wait: a plain broadcast with a payload of its own. */
  copy(): Broadcast {
    return new Broadcast(this.topic, this.event, this.copyPayload(), this.recorded?.position);
  }

  /** Snapshots the payload for later calls of {@link copyPayload}. Called while the sender is still in its call. */
  keepPayload(): void {
    this.#snapshot ??= { payload: this.#payloadAsSent() };
  }

  /** A fresh copy of the payload as it was sent. */
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
