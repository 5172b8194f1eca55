/** The shapes of questions and reports, as other nodes must send them. */
import type { Question } from "../questions.ts";
import { counts, fields, flag, list, number, oneOf, optional, orNull, text } from "./check.ts";
import type { Check } from "./check.ts";

const RATES = fields({
  connects: number,
  refusals: number,
  closes: number,
  joins: number,
  messagesIn: number,
  broadcasts: number,
  deliveries: number,
  crashes: number,
  p50: orNull(number),
  p99: orNull(number),
});

const NODE = fields({
  name: text,
  pid: number,
  version: text,
  runtime: text,
  startedAt: number,
  status: oneOf("ok", "degraded", "draining"),
  connections: number,
  channels: number,
  topics: number,
  subscriptions: number,
  bufferedBytes: number,
  heapBytes: number,
  rssBytes: number,
  cpu: number,
  lag: number,
  inspectorCpu: number,
  rates: RATES,
});

const CONNECTION_FIELDS = {
  node: text,
  key: number,
  id: orNull(text),
  path: text,
  transport: text,
  vsn: text,
  extensions: flag,
  connectedAt: number,
  channels: number,
  bufferedBytes: number,
  waitingBytes: number,
  paused: flag,
};
const CONNECTION = fields(CONNECTION_FIELDS);

const CHANNEL = fields({
  topic: text,
  pattern: text,
  state: oneOf("joining", "joined", "ending"),
  waiting: number,
  running: orNull(fields({ callback: text, event: orNull(text), for: number })),
  subscriptions: number,
  timers: number,
  tasks: number,
  assigns: list(text),
});

export const FRAME = fields({
  at: number,
  node: text,
  direction: oneOf("in", "out"),
  key: orNull(number),
  id: orNull(text),
  topic: text,
  event: text,
  ref: orNull(text),
  bytes: orNull(number),
  payload: text,
  outcome: orNull(text),
  duration: orNull(number),
});

const TOPICS = fields({
  total: number,
  isCut: flag,
  rows: list(fields({ topic: text, subscribers: number, rate: number })),
});
const NODES = list(text);
const HISTORY = fields({ topic: text, epoch: text, offset: number, kept: number, nodes: NODES });
const STORE = fields({ store: text, state: oneOf("up", "down"), since: number, reason: optional(text) });
const ADAPTER = fields({
  adapter: text,
  state: oneOf("up", "down"),
  since: number,
  reason: optional(text),
  queued: number,
  lost: number,
  missed: number,
});

/** What a node may answer to each question. */
export const REPORTS: Readonly<Record<Question, Check>> = {
  overview: fields({ row: NODE, latency: list(number) }),
  doors: fields({
    refusals: list(fields({ stage: text, reason: text, count: number, lastAt: number })),
    closes: list(fields({ code: number, reason: text, count: number, lastAt: number })),
  }),
  connections: fields({ total: number, rows: list(CONNECTION) }),
  connection: orNull(fields({ ...CONNECTION_FIELDS, topics: list(CHANNEL) })),
  topics: TOPICS,
  counts: TOPICS,
  topic: fields({
    subscribers: number,
    rate: number,
    connections: list(CONNECTION),
    presences: list(fields({ name: text, keys: number, metas: number })),
    history: orNull(HISTORY),
  }),
  events: fields({
    rows: list(
      fields({ pattern: text, event: text, count: number, rate: number, latency: list(number), outcomes: counts }),
    ),
  }),
  errors: fields({
    crashes: list(
      fields({
        nodes: NODES,
        pattern: text,
        callback: text,
        event: orNull(text),
        error: text,
        stack: text,
        count: number,
        firstAt: number,
        lastAt: number,
        topic: text,
        id: orNull(text),
        frames: list(FRAME),
      }),
    ),
    warnings: list(
      fields({ event: text, what: text, nodes: NODES, count: number, firstAt: number, lastAt: number, last: text }),
    ),
  }),
  pressure: fields({
    slow: list(CONNECTION),
    paused: list(CONNECTION),
    busy: list(fields({ node: text, key: number, id: orNull(text), channel: CHANNEL })),
  }),
  presence: fields({
    rows: list(
      fields({
        name: text,
        topics: number,
        metas: number,
        nodes: list(fields({ name: text, is: oneOf("up", "down") })),
        largest: list(fields({ topic: text, metas: number })),
      }),
    ),
  }),
  history: fields({
    store: orNull(STORE),
    rows: list(HISTORY),
    published: number,
    failed: number,
    recovered: number,
    notRecovered: number,
    gaps: number,
    repaired: number,
  }),
  cluster: fields({
    row: fields({
      node: text,
      version: text,
      startedAt: number,
      pubsub: ADAPTER,
      lost: list(fields({ reason: text, count: number })),
      missed: list(fields({ from: text, count: number })),
    }),
  }),
  act: fields({ found: number }),
};

const NOTHING = fields({});
const KEY = fields({ node: text, key: number });

/** What a node may be asked. */
export const QUERIES: Readonly<Record<Question, Check>> = {
  overview: NOTHING,
  doors: NOTHING,
  connections: fields({
    id: optional(text),
    node: optional(text),
    sort: optional(oneOf("newest", "buffered", "channels")),
  }),
  connection: KEY,
  topics: fields({ topic: optional(text), sort: optional(oneOf("subscribers", "rate")) }),
  counts: fields({ topics: list(text, 200) }),
  topic: fields({ topic: text }),
  events: NOTHING,
  errors: NOTHING,
  pressure: NOTHING,
  presence: NOTHING,
  history: NOTHING,
  cluster: NOTHING,
  act: (value) =>
    fields({ action: oneOf("disconnect"), connection: KEY })(value) ||
    fields({ action: oneOf("disconnect_id"), id: text })(value),
};

/** What may be tapped. */
export const TARGET: Check = (value) =>
  fields({ connection: KEY })(value) || fields({ topic: text })(value) || fields({ id: text })(value);
