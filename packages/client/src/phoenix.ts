/**
 * Recovery for programs that use the official client, phoenix.js from 1.4: its sockets take an encoder and a decoder. These
 * ask a Wingbeat server for what a channel has missed, and keep each channel's position.
 *
 * @example
 * import { Serializer, Socket } from "phoenix";
 * import { recovery } from "@wingbeat/client/phoenix";
 * const { encode, decode } = recovery(Serializer, (topic, { recovered }) => recovered || reload(topic));
 * const socket = new Socket("/socket", { encode, decode });
 */
import { CLOSE, JOIN, LEAVE, RECOVERY, REPLY } from "@wingbeat/protocol";
import { isUpTo, positionOf } from "./recovery/position.ts";
import type { Position } from "./recovery/position.ts";
import type { SocketMessage } from "./serializer.ts";
import { randomName } from "./random-name.ts";

export type { Position } from "./recovery/position.ts";
export type { SocketMessage } from "./serializer.ts";

/** phoenix.js's own codec, which it exports as `Serializer`. */
export interface PhoenixSerializer {
  encode(message: SocketMessage, callback: (frame: string | ArrayBuffer) => unknown): unknown;
  decode(frame: string | ArrayBuffer, callback: (message: SocketMessage) => unknown): unknown;
}

/** What became of the messages that a channel has missed, as the server says it. */
export interface PhoenixRecoveryReport {
  /** True: they follow, in order, each once, before anything newer. False: they do not; load your state again. */
  readonly recovered: boolean;
  /** How many recorded messages follow; absent when they do not. */
  readonly count?: number;
  /** Why not: PROTOCOL.md, section 16.3. */
  readonly reason?: string;
}

export interface PhoenixRecovery {
  /** For the option `encode` of phoenix.js's `Socket`, whose types know messages as objects. */
  readonly encode: (message: object, callback: (frame: string | ArrayBuffer) => unknown) => unknown;
  /** For the option `decode`. */
  readonly decode: PhoenixSerializer["decode"];
  /**
   * Up to where the channel of a topic has everything that is recorded: in a callback of `channel.on`, with this message.
   * Undefined without a channel on the topic, and when the server keeps no history of it.
   */
  position(topic: string): Position | undefined;
  /** Says from where on the next `channel.join()` on the topic wants messages; `"earliest"`: all that is kept. */
  since(topic: string, place: Place): void;
}

type Place = Position | "earliest";
type News = Partial<PhoenixRecoveryReport & Position & { readonly spread: number }>;

interface Topic {
  /** The position, once there is one. */
  since?: Place | undefined;
  readonly joinRef?: unknown;
  isJoined?: boolean;
}

/**
 * One for each socket. `onRecover` is called after each rejoin, and for a loss while joined. The end of what follows is an
 * event of the channel: `channel.on("phx_recovery", ({ live }) => …)`.
 */
export function recovery(
  serializer: PhoenixSerializer,
  onRecover?: (topic: string, report: PhoenixRecoveryReport) => unknown,
): PhoenixRecovery {
  const session = randomName();
  const topics = new Map<string, Topic>();

  /** What the server says of recovery, in the reply to a join or in a message of its own. */
  const tell = (topic: string, news: News | undefined): void => {
    const call = () => onRecover?.(topic, news as PhoenixRecoveryReport);
    // At once, unless the server asks for time: what comes next is behind the gap.
    if (news?.spread) setTimeout(call, Math.random() * news.spread);
    else if (news?.recovered !== undefined) call();
  };

  const receive = (message: SocketMessage, callback: (message: SocketMessage) => unknown): unknown => {
    const { topic: name, event, payload, ref, join_ref, extension } = message;
    const topic = topics.get(name);
    // phoenix.js drops what is of an earlier join.
    if (!topic || (join_ref && join_ref !== topic.joinRef)) return callback(message);
    const isNews = event === RECOVERY && join_ref;
    const known = topic.since as Position | undefined;
    const { o, e = known?.epoch } = (extension ?? {}) as { readonly o?: unknown; readonly e?: unknown };
    const position = positionOf(e, o);
    // What an earlier join of the connection has sent comes again after the reply. Before it there may be no epoch.
    if (!isNews && (topic.isJoined ? position && isUpTo(position, known) : extension)) return undefined;
    topic.since = position ?? known;
    let news = (isNews ? payload : undefined) as News | undefined;
    if (event === REPLY && !topic.isJoined && ref === topic.joinRef) {
      const reply = payload as { readonly status: unknown; readonly recovery?: News };
      topic.isJoined = reply.status === "ok";
      news = reply.recovery;
      topic.since = positionOf(news?.epoch, news?.offset) ?? known;
    }
    if (event === CLOSE) topics.delete(name);
    callback(message);
    return tell(name, news);
  };

  return {
    encode(given, callback) {
      const message = given as SocketMessage;
      const { topic: name, event, join_ref } = message;
      const topic = topics.get(name) ?? {};
      // phoenix.js also leaves when a join has timed out; it joins again then.
      if (event === LEAVE && topic.isJoined) topics.delete(name);
      if (event !== JOIN) return serializer.encode(message, callback);
      topics.set(name, { ...topic, joinRef: join_ref, isJoined: false });
      const { since } = topic;
      const position = positionIn(since);
      const extension = { v: 1, since: position ? [position.epoch, position.offset] : since, session };
      return serializer.encode(message, (frame) =>
        callback(typeof frame === "string" ? `${frame.slice(0, -1)},${JSON.stringify(extension)}]` : frame),
      );
    },
    decode(frame, callback) {
      if (typeof frame !== "string") return decodeBytes(frame, callback);
      const [join_ref, ref, topic, event, payload, extension] = JSON.parse(frame);
      return receive({ join_ref, ref, topic, event, payload, extension }, callback);
    },
    position: (name) => positionIn(topics.get(name)?.since),
    since: (name, since) => topics.set(name, { since }),
  };

  /** Takes the offset out of frames that have one: the serializer does not know their kinds. */
  function decodeBytes(frame: ArrayBuffer, callback: (message: SocketMessage) => unknown): unknown {
    const bytes = new Uint8Array(frame);
    const kind = bytes[0] as number;
    if (kind < 5) return serializer.decode(frame, (message) => receive(message, callback));
    // Its kind and two lengths, or three for a push.
    const lengths = kind - 2;
    const extension = { o: Number(new DataView(frame).getBigUint64(lengths)) };
    const plain = bytes.slice(8);
    plain.set(bytes.subarray(0, lengths));
    plain[0] = kind === 5 ? 2 : 0;
    return serializer.decode(plain.buffer, (message) => receive({ ...message, extension }, callback));
  }
}

const positionIn = (since: Place | undefined): Position | undefined =>
  (since as Position)?.epoch ? (since as Position) : undefined;
