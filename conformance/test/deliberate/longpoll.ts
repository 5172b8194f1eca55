/** Long polling: where Wingbeat differs from the recorded server on purpose. */
import type { Step } from "../../src/player.ts";

/** Tokens as the player knows them: the first answer that has one says what it stands for. */
const FIRST = "SFMyNTY.first.token";
const SECOND = "SFMyNTY.second.token";

const HEADERS: [string, string][] = [
  ["access-control-allow-origin", "*"],
  ["cache-control", "no-store"],
  ["content-type", "application/json; charset=utf-8"],
];

const answered = (body: object, status = 200): Step => ({
  client: "A",
  response: { status, headers: HEADERS, body: JSON.stringify(body) },
});

const get = (vsn: string, token?: string): Step => ({
  client: "A",
  http: { method: "GET", path: `/short/longpoll?vsn=${vsn}${token === undefined ? "" : `&token=${token}`}` },
});

const post = (vsn: string, body: string, type = "application/x-ndjson"): Step => ({
  client: "A",
  http: {
    method: "POST",
    path: `/short/longpoll?vsn=${vsn}&token=${FIRST}`,
    headers: { "content-type": type },
    body,
  },
});

/** A session, and what happens in it. */
const inSession = (vsn: string, ...steps: Step[]): Record<string, Step[]> => ({
  [vsn]: [get(vsn), answered({ status: 410, token: FIRST, messages: [] }), ...steps],
});

const messages = (...texts: string[]): Step => answered({ status: 200, token: FIRST, messages: texts });
const nothing = answered({ status: 204, token: FIRST, messages: [] });
/** The session has ended: the next poll starts another. */
const ended = answered({ status: 410, token: SECOND, messages: [] });

const heartbeat = (n: number): string => `[null,"${n}","phoenix","heartbeat",{}]`;
const heartbeats = Array.from({ length: 105 }, (_, index) => heartbeat(index + 1));
const beat: Step[] = [post("2.0.0", heartbeat(1), "application/json"), answered({ status: 200 })];

const v1 = (topic: string, event: string, payload: string, ref: string): string =>
  `{"topic":"${topic}","event":"${event}","payload":${payload},"ref":${ref}}`;
const v1Reply = (topic: string, ref: string, response: string): string =>
  v1(topic, "phx_reply", `{"status":"ok","response":${response}}`, ref);

const REPLY_WITH_BYTES = Buffer.concat([Buffer.from("\x01\x01\x01\x06\x0212room:1ok"), Buffer.from([0xff, 0xfe])]);

export const longpoll: Record<string, { why: string; steps: Record<string, Step[]> }> = {
  "11_longpoll/ndjson_batch": {
    why: "lines of V1 are messages too; Phoenix takes them for base64 and fails",
    steps: inSession(
      "1.0.0",
      post(
        "1.0.0",
        [
          v1("room:1", "phx_join", "{}", '"1"'),
          v1("room:1", "echo", '{"n":1}', '"2"'),
          v1("room:1", "echo", '{"n":2}', '"3"'),
          v1("phoenix", "heartbeat", "{}", '"4"'),
        ].join("\n"),
      ),
      answered({ status: 200 }),
      get("1.0.0", FIRST),
      messages(
        v1Reply("room:1", '"1"', "{}"),
        v1Reply("room:1", '"2"', '{"n":1}'),
        v1Reply("room:1", '"3"', '{"n":2}'),
        v1Reply("phoenix", '"4"', "{}"),
      ),
    ),
  },
  "11_longpoll/ndjson_over_100": {
    why: "a batch over the limit is refused whole, with 413; Phoenix drops what is behind the 100th line and says 200",
    steps: inSession(
      "2.0.0",
      post("2.0.0", heartbeats.join("\n")),
      answered({ status: 413 }, 413),
      get("2.0.0", FIRST),
      nothing,
    ),
  },
  "11_longpoll/posts_do_not_keep_alive": {
    why: "a session ends between 1.5 and 1.55 windows after its last poll, not between 1.5 and 3",
    steps: inSession(
      "2.0.0",
      ...beat,
      { wait: 400 },
      ...beat,
      { wait: 400 },
      ...beat,
      { wait: 2_500 },
      post("2.0.0", heartbeat(1), "application/json"),
      answered({ status: 410 }),
    ),
  },
  "11_longpoll/malformed_ndjson_line": {
    why: "a line that is no message ends the session, as any other frame that is none does; Phoenix fails with 500",
    steps: inSession(
      "2.0.0",
      post("2.0.0", `${heartbeat(1)}\n***`),
      answered({ status: 408 }),
      get("2.0.0", FIRST),
      ended,
    ),
  },
  "11_longpoll/binary_down_high": {
    why: "bytes that are no UTF-8 come as base64; Phoenix fails with 500, and loses the messages of that poll",
    steps: inSession(
      "2.0.0",
      post("2.0.0", '["1","1","room:1","phx_join",{}]\nAAEBBgMxMnJvb206MWJpbv/+'),
      answered({ status: 200 }),
      get("2.0.0", FIRST),
      messages('["1","1","room:1","phx_reply",{"status":"ok","response":{}}]', REPLY_WITH_BYTES.toString("base64")),
    ),
  },
  "11_longpoll/token_of_other_socket_path": {
    why: "a session's token is good on its own mount only",
    steps: {
      "2.0.0": [
        { client: "A", http: { method: "GET", path: "/socket/longpoll?vsn=2.0.0" } },
        answered({ status: 410, token: FIRST, messages: [] }),
        post("2.0.0", heartbeat(1), "application/json"),
        answered({ status: 410 }),
      ],
    },
  },
  "11_longpoll/large_body": {
    why: "a body over the limit is refused with 413, which says what is wrong with it; Phoenix says 400",
    steps: inSession("2.0.0", post("2.0.0", "x".repeat(8_100_000), "application/json"), answered({ status: 413 }, 413)),
  },
};
