/**
 * Where Wingbeat differs from the recorded Phoenix server on purpose: why, and what it does instead.
 * Each entry replaces the recorded steps, so the difference is tested too; one that no longer differs fails.
 */
import type { Step } from "../src/player.ts";
import { longpoll } from "./deliberate/longpoll.ts";

export interface Difference {
  /** What Wingbeat does better, or cannot do as the BEAM does. */
  why: string;
  /** The steps in place of the recorded ones, by vsn. */
  steps: Record<string, Step[]>;
}

/** A message of client A on "room:1", with its payload as JSON text; refs are strings or null. */
type Line = [
  kind: "send" | "recv" | "recvVerbatim",
  joinRef: string | null,
  ref: string | null,
  event: string,
  payload: string,
];

/** Frames as Wingbeat writes them. V1 frames have no join_ref. */
const FORMATS: Record<string, (joinRef: string | null, ref: string | null, event: string, payload: string) => string> =
  {
    "1.0.0": (_joinRef, ref, event, payload) =>
      `{"topic":"room:1","event":"${event}","payload":${payload},"ref":${JSON.stringify(ref)}}`,
    "2.0.0": (joinRef, ref, event, payload) =>
      `[${JSON.stringify(joinRef)},${JSON.stringify(ref)},"room:1","${event}",${payload}]`,
  };

const UNKNOWN_EVENT = reply('{"reason":"unknown event"}', "error");

export const deliberate: Record<string, Difference> = {
  ...longpoll,
  "04_push_reply/unknown_event_no_clause": {
    why: "an event that no handler takes gets an error reply, and the channel lives",
    steps: joined(
      "1",
      ["send", "1", "2", "no_such_event", "{}"],
      ["recv", "1", "2", "phx_reply", UNKNOWN_EVENT],
      ["send", "1", "3", "echo", "{}"],
      ["recv", "1", "3", "phx_reply", reply("{}")],
    ),
  },
  "04_push_reply/client_sends_reserved_events": {
    why: "the same for events with the protocol's own names",
    steps: joined(
      "j1",
      ["send", "j1", "r1", "phx_reply", "{}"],
      ["recv", "j1", "r1", "phx_reply", UNKNOWN_EVENT],
      ["send", "j1", "r2", "phx_error", "{}"],
      ["recv", "j1", "r2", "phx_reply", UNKNOWN_EVENT],
      ["send", "j1", "r3", "phx_close", "{}"],
      ["recv", "j1", "r3", "phx_reply", UNKNOWN_EVENT],
    ),
  },
  "04_push_reply/empty_event": {
    why: "the same for an event without a name",
    steps: joined("1", ["send", "1", "2", "", "{}"], ["recv", "1", "2", "phx_reply", UNKNOWN_EVENT]),
  },
  "04_push_reply/number_fidelity": {
    why: "numbers are JavaScript's: 64-bit floats, written in their shortest form",
    steps: joined(
      "1",
      [
        "send",
        "1",
        "2",
        "echo",
        '{"big":12345678901234567890123,"neg0":-0,"f":1.0,"e":1e5,"e2":1.5e300,"small":1e-7,"n":-0.0,"max":9007199254740993,"dec":0.1}',
      ],
      [
        "recvVerbatim",
        "1",
        "2",
        "phx_reply",
        reply(
          '{"big":1.2345678901234568e+22,"neg0":0,"f":1,"e":100000,"e2":1.5e+300,"small":1e-7,"n":0,"max":9007199254740992,"dec":0.1}',
        ),
      ],
    ),
  },
  "04_push_reply/key_order_and_dups": {
    why: "of duplicate keys the last one wins, as in JSON.parse",
    steps: joined(
      "1",
      ["send", "1", "2", "echo", '{"b":1,"a":2,"B":3,"10":4,"9":5,"a":6}'],
      ["recv", "1", "2", "phx_reply", reply('{"10":4,"9":5,"B":3,"a":6,"b":1}')],
    ),
  },
  "04_push_reply/broadcast_payload_not_map": {
    why: "a payload that V2 clients could not be sent is refused at broadcast, whatever the sender's own version is",
    steps: {
      "1.0.0": [
        ...join("1.0.0", "1"),
        { client: "A", send: '{"topic":"room:1","event":"shout","payload":[1,2],"ref":"2"}' },
        { client: "A", recv: '{"topic":"room:1","event":"phx_error","payload":{"reason":"channel_crash"},"ref":null}' },
      ],
    },
  },
  "09_binary_v2/binary_broadcast_to_v1": {
    why: "bytes that one V1 client cannot be sent reach all others, and do not crash the sender",
    steps: {
      "2.0.0": [
        { client: "B", connect: "/socket/websocket?vsn=1.0.0" },
        { client: "B", open: true },
        { client: "B", send: '{"topic":"room:1","event":"phx_join","payload":{},"ref":"1"}' },
        {
          client: "B",
          recv: '{"topic":"room:1","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"1"}',
        },
        ...join("2.0.0", "1"),
        { client: "A", sendBin: "00010106093132726f6f6d3a3162696e5f73686f7574010203" },
        { client: "A", recvBin: "020609726f6f6d3a3162696e5f73686f7574010203" },
        { client: "A", send: '["1","3","room:1","echo",{}]' },
        { client: "A", recv: '["1","3","room:1","phx_reply",{"status":"ok","response":{}}]' },
        { client: "B", send: '{"topic":"room:1","event":"echo","payload":{},"ref":"3"}' },
        {
          client: "B",
          recv: '{"topic":"room:1","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"3"}',
        },
      ],
    },
  },
  "03_join/slow_join_blocks_socket": {
    why: "a slow join makes only its own topic wait",
    steps: {
      "2.0.0": [
        ...join("2.0.0", "1"),
        { client: "A", send: '["2","2","room:slow","phx_join",{}]' },
        { client: "A", send: '[null,"3","phoenix","heartbeat",{}]' },
        { client: "A", send: '["1","4","room:1","echo",{"n":1}]' },
        { client: "A", recv: '[null,"3","phoenix","phx_reply",{"response":{},"status":"ok"}]' },
        { client: "A", recv: '["1","4","room:1","phx_reply",{"response":{"n":1},"status":"ok"}]' },
        { client: "A", recv: '["2","2","room:slow","phx_reply",{"response":{},"status":"ok"}]' },
      ],
    },
  },
  "03_join/join_v2_number_refs": {
    why: "refs that are numbers are JavaScript's too: 1.0 is 1",
    steps: {
      "2.0.0": [
        { client: "A", connect: "/socket/websocket?vsn=2.0.0" },
        { client: "A", open: true },
        { client: "A", send: '[1,1,"room:1","phx_join",{}]' },
        { client: "A", recv: '[1,1,"room:1","phx_reply",{"response":{},"status":"ok"}]' },
        { client: "A", send: '[1,2,"room:1","echo",{"a":1}]' },
        { client: "A", recv: '[1,2,"room:1","phx_reply",{"response":{"a":1},"status":"ok"}]' },
        { client: "A", send: '["1",3,"room:1","echo",{"a":2}]' },
        { quiet: 150 },
        { client: "A", send: '[1.0,4,"room:1","echo",{"a":3}]' },
        { client: "A", recv: '[1,4,"room:1","phx_reply",{"response":{"a":3},"status":"ok"}]' },
      ],
    },
  },
  "03_join/join_reply_binary": {
    why: "a join reply that V1 cannot carry is a crashed join; it does not end the connection with its other channels",
    steps: {
      "1.0.0": [
        { client: "A", connect: "/socket/websocket?vsn=1.0.0" },
        { client: "A", open: true },
        { client: "A", send: '{"topic":"room:replybin","event":"phx_join","payload":{},"ref":"1"}' },
        {
          client: "A",
          recv: '{"topic":"room:replybin","event":"phx_reply","payload":{"status":"error","response":{"reason":"join crashed"}},"ref":"1"}',
        },
        { client: "A", stillOpenAfterMs: 100 },
      ],
    },
  },
  "01_connect/auth_token_not_base64": {
    why: "a token in the URL-safe alphabet of base64 is decoded and left to connect; it is no server error",
    steps: {
      "2.0.0": [
        {
          client: "A",
          connect: "/auth/websocket?vsn=2.0.0",
          protocols: ["phoenix", "base64url.bearer.phx.___"],
        },
        { client: "A", refused: { status: 403, body: "" } },
      ],
    },
  },
  "01_connect/http_bad_ws_key": {
    why: "a Sec-WebSocket-Key that is not 16 bytes of base64 is refused, as RFC 6455 asks",
    steps: {
      "2.0.0": [
        {
          client: "H",
          http: {
            method: "GET",
            path: "/socket/websocket?vsn=2.0.0",
            headers: {
              Connection: "Upgrade",
              Upgrade: "websocket",
              "Sec-WebSocket-Key": "abc",
              "Sec-WebSocket-Version": "13",
            },
          },
        },
        { client: "H", response: { status: 400, body: "words of the server" } },
      ],
    },
  },
};

/** Connects, joins "room:1" with this ref and goes on, in both formats. */
function joined(joinRef: string, ...lines: Line[]): Record<string, Step[]> {
  const steps = (vsn: string): Step[] => [...join(vsn, joinRef), ...lines.map((line) => toStep(vsn, line))];
  return { "1.0.0": steps("1.0.0"), "2.0.0": steps("2.0.0") };
}

function join(vsn: string, joinRef: string): Step[] {
  return [
    { client: "A", connect: `/socket/websocket?vsn=${vsn}` },
    { client: "A", open: true },
    toStep(vsn, ["send", joinRef, joinRef, "phx_join", "{}"]),
    toStep(vsn, ["recv", joinRef, joinRef, "phx_reply", reply("{}")]),
  ];
}

function toStep(vsn: string, [kind, joinRef, ref, event, payload]: Line): Step {
  const frame = FORMATS[vsn]?.(joinRef, ref, event, payload) ?? "";
  return { client: "A", [kind]: frame } as unknown as Step;
}

/** The payload of a reply, with its keys in the order in which Wingbeat writes them. */
function reply(response: string, status = "ok"): string {
  return `{"status":"${status}","response":${response}}`;
}
