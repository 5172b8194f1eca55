/** What a server can do to its clients. */
import { anyJson, damaged } from "../frames/json.ts";
import type { Random } from "../random.ts";
import { frameBytes, Opcode } from "../raw-client.ts";
import type { ClientMessage, Line, Mood } from "./hostile-server.ts";
import { TOPICS } from "./victim.ts";

// Not phx_close with the right join_ref: that a channel has been closed for good is a server's to say.
const EVENTS = [
  "said",
  "phx_reply",
  "phx_error",
  "phx_join",
  "phx_leave",
  "presence_state",
  "presence_diff",
  "chan_reply_1",
];
const KEYS = ["a", "__proto__", "constructor", "toString", "metas", ""];

const quoted = (value: unknown): string => JSON.stringify(value);

/** A presence's state, or what looks like one. */
function presences(random: Random): string {
  const meta = (): string =>
    random.chance(0.7)
      ? `{"phx_ref":${random.chance(0.8) ? quoted(`r${random.int(50)}`) : anyJson(random)}}`
      : anyJson(random);
  const metas = (): string =>
    random.chance(0.85) ? `{"metas":[${Array.from({ length: random.int(4) }, meta).join(",")}]}` : anyJson(random);
  const entries = Array.from({ length: random.int(4) }, () => `${quoted(random.pick(KEYS))}:${metas()}`);
  return random.chance(0.9) ? `{${entries.join(",")}}` : anyJson(random);
}

const diff = (random: Random): string =>
  random.chance(0.9) ? `{"joins":${presences(random)},"leaves":${presences(random)}}` : anyJson(random);

function payloadOf(random: Random, event: string): string {
  if (event === "presence_state") return presences(random);
  if (event === "presence_diff") return diff(random);
  if (event === "phx_reply" && random.chance(0.5)) return `{"status":${anyJson(random)},"response":${anyJson(random)}}`;
  return anyJson(random);
}

/** A message that the client has not asked for. */
function garbage({ random }: Line): string {
  const event = random.pick(EVENTS);
  const part = (usual: unknown): string => (random.chance(0.85) ? quoted(usual) : anyJson(random));
  const parts = [
    part(random.pick([null, "1", "2", "3"])),
    part(random.pick([null, "1", "4", "5"])),
    part(random.pick(TOPICS)),
    part(event),
    payloadOf(random, event),
  ];
  if (random.chance(0.03)) parts.length = random.int(5);
  const text = `[${parts.join(",")}]`;
  return random.chance(0.1) ? damaged(random, text) : text;
}

/** An answer with the right refs that is otherwise none. */
function badReply({ random }: Line, [joinRef, ref, topic]: ClientMessage): string {
  const status = random.chance(0.5) ? '"ok"' : random.chance(0.5) ? '"error"' : anyJson(random);
  const body = random.chance(0.5) ? `{"status":${status},"response":${anyJson(random)}}` : anyJson(random);
  return `[${quoted(joinRef)},${quoted(ref)},${quoted(topic)},"phx_reply",${body}]`;
}

const reply = ([joinRef, ref, topic]: ClientMessage): string =>
  quoted([joinRef, ref, topic, "phx_reply", { status: "ok", response: {} }]);

const CODES = [1000, 1001, 1002, 1003, 1005, 1006, 1008, 1011, 1012, 1013, 1015, 3000, 4000, 4999, 0, 65_535];
const closing = (code: number): Buffer =>
  frameBytes(Opcode.close, Buffer.from([code >> 8, code & 0xff, 0x62, 0x79, 0x65]), { masked: false });

const unmasked = { masked: false };
const WIRE: readonly ((random: Random) => Buffer)[] = [
  (random) => frameBytes(random.pick([3, 4, 7, 11, 15]), "x", unmasked),
  () => frameBytes(Opcode.text, "[]", { masked: true, mask: 0x01020304 }),
  () => frameBytes(Opcode.text, Buffer.from([0xff, 0xfe]), unmasked),
  (random) => frameBytes(Opcode.text, "[]", { ...unmasked, reserved: 1 + random.int(7) }),
  () => frameBytes(Opcode.continuation, "x", unmasked),
  () => frameBytes(Opcode.ping, "x".repeat(126), unmasked),
  () => frameBytes(Opcode.binary, "", { ...unmasked, claimed: 2 ** 50 }),
  (random) => closing(random.pick(CODES)),
  (random) => random.bytes(100),
];

const DOORS: readonly string[] = [
  "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\r\n",
  "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: wrong\r\n\r\n",
  "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
  "\u0000\u0001\u0002 no HTTP",
  "",
];

/** Ends a connection, politely or not. */
const end = ({ socket, random, write }: Line): void => {
  if (random.chance(0.3)) return void socket.resetAndDestroy();
  write(closing(random.pick(CODES)));
  socket.end();
};

const seldom =
  (chance: number, act: (line: Line) => void) =>
  (line: Line): void => {
    if (line.random.chance(chance)) act(line);
  };

export const MOODS: readonly Mood[] = [
  {
    name: "answers nonsense",
    received: (line, message) => line.text(badReply(line, message)),
  },
  {
    name: "says nonsense",
    received: (line, message) => line.text(reply(message)),
    tick: (line) => {
      for (let n = 0; n < 20; n++) line.text(garbage(line));
    },
  },
  {
    name: "tells of presences without end, and never of their state",
    received: (line, message) => line.text(reply(message)),
    tick: (line) => {
      for (let n = 0; n < 50; n++) line.text(`[null,null,"presence:1","presence_diff",${diff(line.random)}]`);
    },
  },
  {
    name: "sends bytes that are no message",
    received: (line, message) => line.text(reply(message)),
    tick: (line) => line.write(frameBytes(Opcode.binary, line.random.bytes(line.random.int(60)), unmasked)),
  },
  { name: "breaks the rules of WebSockets", opened: (line) => line.write(line.random.pick(WIRE)(line.random)) },
  { name: "closes whatever it has opened", opened: end },
  { name: "closes after a while", received: (line, message) => line.text(reply(message)), tick: seldom(0.02, end) },
  { name: "refuses, or answers no HTTP", door: ({ socket, random }) => void socket.end(random.pick(DOORS)) },
  { name: "never answers the handshake", door: () => {} },
  { name: "is silent" },
  {
    name: "sends a message without end",
    opened: (line) => line.write(frameBytes(Opcode.text, "[", { ...unmasked, claimed: 2 ** 31 })),
    tick: (line) => line.write(Buffer.alloc(16_384, "x")),
  },
];
