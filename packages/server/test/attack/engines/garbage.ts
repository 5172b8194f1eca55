/** What somebody who can write to an engine may send to the nodes, made of what the nodes have sent. */
import { anyJson } from "../frames/json.ts";
import type { Random } from "../random.ts";

/** Where an envelope has its version, lengths and sequence; see `pubsub/remote/envelope.ts`. */
const ENVELOPE = { lengths: [1, 2, 19, 23, 27], sequence: 5, sender: 11, header: 31 } as const;

/**
 * Bytes like a node's. Where messages are not signed, a copy that a node would believe is made harmless: it is of
 * another event, and of a sender that no node has, because forgery of content is what signing is for.
 */
export function garbage(random: Random, heard: readonly Buffer[], isSigned: boolean): Buffer {
  const kind = random.int(10);
  if (kind < 2 || heard.length === 0) return random.bytes(random.int(200));
  if (kind < 4) return envelope(random);
  const copy = Buffer.from(random.pick(heard));
  if ((isSigned && kind < 6) || copy.length <= ENVELOPE.header) return copy;
  if (!isSigned) disarm(copy, random);
  if (kind < 7) return copy.subarray(0, random.int(copy.length));
  if (kind < 8) copy.writeUIntBE(random.pick([0, 1, 2 ** 47, 2 ** 48 - 1]), ENVELOPE.sequence, 6);
  else if (kind < 9) copy[random.pick(ENVELOPE.lengths)] = random.int(256);
  else {
    const from = isSigned ? ENVELOPE.header : 0;
    const to = isSigned ? copy.length : ENVELOPE.sequence;
    for (let n = 0; n < 3; n++) copy[from + random.int(to - from)] = random.int(256);
  }
  return copy;
}

const DISARMED = [
  ['"said"', '"sxid"'],
  ["secret-", "sxcret-"],
  ['"told"', '"txld"'],
] as const;

function disarm(copy: Buffer, random: Random): void {
  for (const [armed, harmless] of DISARMED) {
    for (let at = copy.indexOf(armed); at >= 0; at = copy.indexOf(armed, at)) copy.write(harmless, at);
  }
  random.bytes(8).copy(copy, ENVELOPE.sender);
}

const TOPICS = ["hall", "relay:1", "presence:1", "private:bystander0", "", "x".repeat(2_000)];
const DISPATCHERS = ["fastlane", "presence_shard0", "tracker", "nothing", ""];

/** A well-formed envelope of a node that does not exist, with any JSON in it. */
function envelope(random: Random): Buffer {
  const name = random.pick(TOPICS);
  const texts = [random.pick(["forger", "", "x".repeat(255)]), random.pick(DISPATCHERS), name, message(random, name)];
  const [node, dispatcher, topic, json] = texts.map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer, Buffer];
  const header = Buffer.alloc(ENVELOPE.header);
  header[0] = random.pick([1, 1, 1, 1, 2, 3, 255]);
  header[1] = node.length;
  header[2] = dispatcher.length;
  header.writeUInt16BE(random.pick([0, 1, 0xffff]), 3);
  header.writeUIntBE(1 + random.int(100), ENVELOPE.sequence, 6);
  random.bytes(8).copy(header, ENVELOPE.sender);
  header.writeUInt32BE(topic.length, 19);
  header.writeUInt32BE(json.length, 23);
  return Buffer.concat([header, node, dispatcher, topic, json]);
}

/** Never one that a client in the hall would take for a bystander's. */
function message(random: Random, name: string): string {
  if (random.chance(0.3)) return anyJson(random);
  const event = random.pick(["noise", "presence_diff", "presence_state", "disconnect", "__proto__"]);
  const topic = random.chance(0.7) ? JSON.stringify(name) : anyJson(random);
  return `{"topic":${topic},"event":${random.chance(0.7) ? `"${event}"` : anyJson(random)},"payload":${anyJson(random)}}`;
}
