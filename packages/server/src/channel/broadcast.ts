/**
 * A broadcast on its way out. It is encoded when it is made: what cannot be sent fails at the call, where its sender is,
 * and never at a receiver. Receivers share its frames; callbacks each get a copy of the payload as it was then.
 */
import { EncodeError, v2Server } from "@wingbeat/protocol";
import type { ServerCodec } from "@wingbeat/protocol";
import { Broadcast } from "../pubsub.ts";
import { Frame } from "../transports/transport.ts";
import { copyOf } from "./copy.ts";

/** Levels that a payload may have, as on the way to other nodes: within it, no callback can fail to send it on. */
const MAX_DEPTH = 1_000;

export class OutgoingBroadcast extends Broadcast {
  readonly #frame: Frame;
  /** For codecs other than V2: a frame, or why there is none. */
  #others: Map<ServerCodec, Frame | { readonly error: unknown }> | undefined = undefined;
  #snapshot: { readonly payload: unknown } | undefined = undefined;

  /** Throws {@link EncodeError} for a payload that cannot be pushed: an array, null, a cycle, more than 1,000 levels. */
  constructor(topic: string, event: string, payload: unknown) {
    super(topic, event, payload);
    const data = v2Server.encodeBroadcast(topic, event, payload);
    if (typeof data === "string" && isDeeperThan(MAX_DEPTH, data)) {
      throw new EncodeError(`payload of "${event}" has more than ${MAX_DEPTH} levels: send a flatter one.`);
    }
    this.#frame = new Frame(data);
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
    if (typeof data !== "string" || holdsBytes(this.payload)) return copyOf(this.payload);
    return (JSON.parse(data) as unknown[])[4];
  }
}

function holdsBytes(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  if ("toJSON" in value) return false;
  if (Array.isArray(value)) return value.some(holdsBytes);
  for (const key in value) {
    if (holdsBytes((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

/** Whether JSON is nested deeper than `limit`. Most texts are too short for it, or have too few brackets. */
function isDeeperThan(limit: number, json: string): boolean {
  if (json.length <= 2 * limit || count(json, "[") + count(json, "{") <= limit) return false;
  let depth = 0;
  let isText = false;
  for (let index = 0; index < json.length; index++) {
    const char = json.charCodeAt(index);
    if (isText) {
      if (char === BACKSLASH) index++;
      else if (char === QUOTE) isText = false;
    } else if (char === QUOTE) isText = true;
    else if (char === BRACKET || char === BRACE) {
      // The frame around the payload is a level by itself.
      if (++depth > limit + 1) return true;
    } else if (char === BRACKET + 2 || char === BRACE + 2) depth--;
  }
  return false;
}

const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b];

function count(text: string, char: string): number {
  let found = 0;
  for (let index = text.indexOf(char); index !== -1; index = text.indexOf(char, index + 1)) found++;
  return found;
}
