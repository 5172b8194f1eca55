/** Messages of the protocol, as the text of their parts: mostly for channels that are joined, each part odd at times. */
import type { Random } from "../random.ts";
import { anyJson, damaged } from "./json.ts";

/** The channels of the target. */
const KINDS = ["echo", "slow", "schema", "out", "relay", "presence", "crash", "stop", "later", "info"];
const TOPICS = [...KINDS.flatMap((kind) => [`${kind}:1`, `${kind}:2`]), "hall"];
const EVENTS = [
  "echo",
  "fail",
  "push",
  "any:x",
  "any:",
  "never",
  "relay",
  "relay",
  "whisper",
  "track",
  "update",
  "untrack",
  "list",
  "throw",
  "stop",
  "subscribe",
  "send",
  "later",
  "say",
  "tell",
];
const OF_THE_PROTOCOL = [
  "phx_join",
  "phx_join",
  "phx_leave",
  "phx_reply",
  "phx_close",
  "phx_error",
  "heartbeat",
  "disconnect",
  "presence_diff",
  "presence_state",
];
const OF_EXTENSIONS = ["wb_refresh", "wb_refresh", "wb_refresh", "wb_expires", "wb_refused", "wb_ack", "wb_other"];
const ODD_TOPICS = ["phoenix", "nowhere", "private:bystander0", "echo", "echo:", "relay:*", "relay:1\u0000", "hall "];

/** Each part as JSON. */
export interface MessageText {
  readonly joinRef: string;
  readonly ref: string;
  readonly topic: string;
  readonly event: string;
  readonly payload: string;
}

/** What a client that has a name says, to be known again where it must not arrive. */
export interface Marked {
  readonly sender: number;
}

const quoted = (text: string): string => JSON.stringify(text);

/** The join of a topic that the target has. */
export function joinText(random: Random, topic = random.pick(TOPICS)): MessageText {
  const joinRef = quoted(String(1 + random.int(2)));
  const payload = random.chance(0.7) ? "{}" : anyJson(random);
  return { joinRef, ref: joinRef, topic: quoted(topic), event: '"phx_join"', payload };
}

/** What clients with extensions send on the topic of the connection, and what only servers do. */
function extensionText(random: Random): MessageText {
  const credentials = `{"query":${quoted(random.pick(["", "id=x&vsn=2.0.0", "%ff", "a[b][c]=1&a=2"]))},"token":${anyJson(random)}}`;
  const payload = random.chance(0.6) ? credentials : anyJson(random);
  const ref = random.chance(0.8) ? quoted(`x${random.int(100)}`) : anyJson(random);
  return { joinRef: "null", ref, topic: '"phoenix"', event: quoted(random.pick(OF_EXTENSIONS)), payload };
}

/** Any message, for a client that has joined `topics`. */
export function messageText(random: Random, { sender }: Marked, topics: readonly string[]): MessageText {
  if (random.chance(0.06)) return joinText(random);
  if (random.chance(0.02)) return extensionText(random);
  const topic = quoted(
    random.chance(0.92) ? random.pick(topics) : random.pick(random.chance(0.5) ? TOPICS : ODD_TOPICS),
  );
  const event = quoted(random.chance(0.88) ? random.pick(EVENTS) : random.pick(OF_THE_PROTOCOL));
  const mark = `{"sender":"s${sender}s","in":${topic}${random.chance(0.3) ? `,"text":${anyJson(random)}` : ""}}`;
  const parts: MessageText = {
    joinRef: random.chance(0.8) ? '"1"' : random.pick(['"2"', "null", "1", '""']),
    ref: quoted(String(random.int(100))),
    topic,
    event,
    payload: random.chance(0.5) ? mark : anyJson(random),
  };
  return random.chance(0.15) ? withOddPart(random, parts) : parts;
}

function withOddPart(random: Random, parts: MessageText): MessageText {
  const part = random.pick(["joinRef", "ref", "topic", "event", "payload"] as const);
  return { ...parts, [part]: anyJson(random) };
}

/** As text of V2, or of V1; sometimes with too few parts, too many, or damaged. */
export function frameText(random: Random, vsn: 1 | 2, message: MessageText): string {
  const text = vsn === 1 ? v1Text(random, message) : v2Text(random, message);
  return random.chance(0.03) ? damaged(random, withoutMarks(text)) : text;
}

/** A damaged mark would be somebody else's. */
const withoutMarks = (text: string): string => text.replace('"sender":', '"author":').replace('"in":', '"at":');

function v2Text(random: Random, { joinRef, ref, topic, event, payload }: MessageText): string {
  const parts = [joinRef, ref, topic, event, payload];
  if (random.chance(0.01)) parts.length = random.int(5);
  if (random.chance(0.01)) parts.push(anyJson(random));
  return `[${parts.join(",")}]`;
}

function v1Text(random: Random, { joinRef, ref, topic, event, payload }: MessageText): string {
  const parts = Object.entries({ topic, event, payload, ref, join_ref: joinRef }).map(
    ([name, text]) => `"${name}":${text}`,
  );
  if (random.chance(0.02)) parts.splice(random.int(5), 1);
  if (random.chance(0.02)) parts.push(`"${random.pick(["__proto__", "toString", "topic", "x"])}":${anyJson(random)}`);
  return `{${parts.join(",")}}`;
}

/** The bytes of a binary push. Lengths may lie, and texts may be no UTF-8. */
export function binaryPush(random: Random, topics: readonly string[]): Buffer {
  const kind = random.chance(0.9) ? 0 : random.pick([1, 2, 3, 255]);
  const strings = [
    random.pick(["1", "", "2"]),
    random.pick(["7", "", "x".repeat(255)]),
    random.chance(0.9) ? random.pick(topics) : random.pick(["", "nowhere", "x".repeat(255)]),
    random.pick(EVENTS),
  ].map((text) => (random.chance(0.02) ? random.bytes(5) : Buffer.from(text)));
  const lie = random.chance(0.03) ? random.int(256) : 0;
  const lengths = strings.map(({ length }, index) => (index === 2 ? (length + lie) & 0xff : length));
  return Buffer.concat([Buffer.from([kind, ...lengths]), ...strings, random.bytes(random.int(60))]);
}
