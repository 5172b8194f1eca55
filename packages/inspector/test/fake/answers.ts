/** The data of each view, told by the invented world. */
import type {
  ChannelRow,
  ConnectionRow,
  Crash,
  DataOf,
  HistoryRow,
  NodeRow,
  QueryOf,
  TapFrame,
  TopicRow,
  ViewName,
} from "wingbeat/inspector";
import { HOSTILE, NODES } from "./world.ts";
import type { Client, World } from "./world.ts";

const MAX_ROWS = 200;
type Data = { readonly [View in ViewName]: (world: World, query: QueryOf<View>) => DataOf<View> };

const row = ({ topics: _topics, ...connection }: Client): ConnectionRow => connection;
const most = <Row>(rows: readonly Row[], amount: (row: Row) => number): Row[] =>
  [...rows].sort((one, other) => amount(other) - amount(one));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function nodeRow(world: World, name: string, nth: number): NodeRow {
  const clients = world.clients.filter((client) => client.node === name);
  return {
    name,
    pid: 4_120 + nth,
    version: nth === 2 ? "0.2.1" : "0.2.0",
    runtime: "v20.20.2",
    startedAt: world.startedAt + nth * 61_000,
    status: nth === 2 ? "degraded" : "ok",
    connections: clients.length,
    channels: sum(clients.map(({ channels }) => channels)),
    topics: new Set(clients.flatMap(({ topics }) => topics)).size,
    subscriptions: sum(clients.map(({ topics }) => topics.length)),
    bufferedBytes: sum(clients.map(({ bufferedBytes }) => bufferedBytes)),
    heapBytes: 84_000_000 + Math.round(world.wave(9_000_000, nth)),
    rssBytes: 171_000_000 + Math.round(world.wave(4_000_000, nth)),
    cpu: world.wave(0.21 + 0.04 * nth, nth),
    lag: world.wave(nth === 2 ? 46 : 3.1, nth),
    inspectorCpu: world.wave(0.004, nth),
    rates: world.rates(1 / 3, nth),
  };
}

function overview(world: World): DataOf<"overview"> {
  const nodes = NODES.map((name, nth) => nodeRow(world, name, nth));
  return {
    nodes,
    connections: sum(nodes.map(({ connections }) => connections)),
    channels: sum(nodes.map(({ channels }) => channels)),
    bufferedBytes: sum(nodes.map(({ bufferedBytes }) => bufferedBytes)),
    rates: world.rates(1, 1),
  };
}

function connections(world: World, query: QueryOf<"connections">): DataOf<"connections"> {
  const { id, node, sort = "newest" } = query;
  const matching = world.clients.filter(
    (client) => (node === undefined || client.node === node) && (id === undefined || client.id?.startsWith(id)),
  );
  const by = { newest: "connectedAt", buffered: "bufferedBytes", channels: "channels" } as const;
  const rows = most(matching, (client) => client[by[sort]]);
  return { total: matching.length, rows: rows.slice(0, MAX_ROWS).map(row) };
}

function channelRow(topic: string, nth: number): ChannelRow {
  return {
    topic,
    pattern: topic.includes(":") ? `${topic.slice(0, topic.indexOf(":"))}:{id}` : topic,
    state: nth === 4 ? "joining" : "joined",
    waiting: nth === 3 ? 12 : 0,
    running: nth === 3 ? { callback: "handleIn", event: "new_msg", for: 2_340 } : null,
    subscriptions: 1 + (nth % 2),
    timers: nth % 3,
    tasks: nth === 3 ? 1 : 0,
    assigns: ["user", "locale", ...(nth % 2 === 0 ? ["typing"] : [])],
  };
}

function topicRows(world: World): TopicRow[] {
  const found = new Map<string, { subscribers: number; nodes: Set<string> }>();
  for (const { topics, node } of world.clients) {
    for (const topic of topics) {
      const known = found.get(topic) ?? { subscribers: 0, nodes: new Set() };
      known.subscribers++;
      found.set(topic, { subscribers: known.subscribers, nodes: known.nodes.add(node) });
    }
  }
  return [...found].map(([topic, { subscribers, nodes }], nth) => ({
    topic,
    subscribers,
    rate: nth % 5 === 0 ? 0 : world.wave(subscribers / 20, nth),
    nodes: [...nodes],
  }));
}

function topics(world: World, { topic = "", sort = "subscribers" }: QueryOf<"topics">): DataOf<"topics"> {
  const matching = topicRows(world).filter((one) => one.topic.startsWith(topic));
  return { total: matching.length, rows: most(matching, (one) => one[sort]).slice(0, MAX_ROWS) };
}

const historyRow = (world: World, topic: string, nth: number): HistoryRow => ({
  topic,
  epoch: "3f9c2a7b",
  offset: 18_230 + nth * 371 + Math.floor((world.now() / 1_000) % 10_000),
  kept: 100 - nth,
  nodes: NODES.slice(0, 1 + (nth % 3)),
});

function topic(world: World, query: QueryOf<"topic">): DataOf<"topic"> {
  const found = topicRows(world).find((one) => one.topic === query.topic);
  const there = world.clients.filter((client) => client.topics.includes(query.topic));
  return {
    ...(found ?? { topic: query.topic, subscribers: 0, rate: 0, nodes: [] }),
    byNode: NODES.map((node) => ({ node, subscribers: there.filter((client) => client.node === node).length })),
    connections: there.slice(0, MAX_ROWS).map(row),
    presences: there.length > 0 ? [{ name: "people", keys: Math.ceil(there.length * 0.8), metas: there.length }] : [],
    history: query.topic.startsWith("room:") && there.length > 0 ? historyRow(world, query.topic, 3) : null,
  };
}

function events(world: World): DataOf<"events"> {
  const kinds = [
    ["room:{id}", "new_msg", 120, 0.6, 4.1, { ok: 0.97, error: 0.03 }],
    ["room:{id}", "typing", 410, 0.05, 0.4, { "no reply": 1 }],
    ["room:{id}", "history", 8, 12, 240, { ok: 0.9, crashed: 0.1 }],
    ["room:{id}", "reaction:*", 31, 0.3, 1.9, { ok: 1 }],
    ["user:{id}", "read", 66, 0.2, 1.1, { ok: 1 }],
    ["lobby", "shout", 2, 0.4, 0.9, { ok: 0.5, "invalid payload": 0.5 }],
    ["room:{id}", "(no handler)", 0.4, 0.02, 0.1, { unmatched: 1 }],
  ] as const;
  return {
    rows: kinds.map(([pattern, event, rate, p50, p99, outcomes], nth) => {
      const count = Math.round(rate * 1_830);
      const shares = Object.entries(outcomes).map(([name, share]) => [name, Math.round(share * count)]);
      return {
        pattern,
        event,
        count,
        rate: world.wave(rate, nth),
        p50,
        p99: world.wave(p99, nth),
        outcomes: Object.fromEntries(shares),
      };
    }),
  };
}

export function frame(world: World, over: Partial<TapFrame>): TapFrame {
  return {
    at: world.now(),
    node: NODES[0],
    direction: "in",
    key: 1,
    id: "user_socket:ada.0",
    topic: "room:1",
    event: "new_msg",
    ref: "7",
    bytes: 62,
    payload: "{ body: string }",
    outcome: null,
    duration: null,
    ...over,
  };
}

function crashes(world: World): Crash[] {
  const now = world.now();
  const frames = [
    frame(world, { at: now - 61_000, event: "phx_join", ref: "1", payload: "{}", outcome: "ok", duration: 3.2 }),
    frame(world, {
      at: now - 42_000,
      event: "history",
      ref: "6",
      payload: "{ before: number }",
      outcome: "ok",
      duration: 9.8,
    }),
    frame(world, {
      at: now - 41_500,
      event: "history",
      ref: "7",
      payload: "{ before: null }",
      outcome: "crashed",
      duration: 0.4,
    }),
  ];
  const stack = [
    "TypeError: Cannot read properties of null (reading 'toISOString')",
    "    at pageBefore (file:///srv/chat/dist/messages.js:88:31)",
    "    at async Channel.history (file:///srv/chat/dist/room-channel.js:41:20)",
    "    at async Callbacks.run (file:///srv/chat/node_modules/wingbeat/dist/channel/callbacks.js:112:7)",
  ].join("\n");
  return [
    {
      nodes: [NODES[0], NODES[2]],
      pattern: "room:{id}",
      callback: "handleIn",
      event: "history",
      error: "TypeError: Cannot read properties of null (reading 'toISOString')",
      stack,
      count: 37,
      firstAt: now - 5_460_000,
      lastAt: now - 41_500,
      topic: "room:1",
      id: "user_socket:ada.0",
      frames,
    },
    {
      nodes: [NODES[1]],
      pattern: "room:{id}",
      callback: "join",
      event: null,
      error: `Error: no room "${HOSTILE.rightToLeft}"`,
      stack: `Error: no room "${HOSTILE.rightToLeft}"\n    at find (file:///srv/chat/dist/rooms.js:12:9)`,
      count: 2,
      firstAt: now - 900_000,
      lastAt: now - 840_000,
      topic: HOSTILE.rightToLeft,
      id: null,
      frames: [],
    },
  ];
}

const warning = (world: World, event: string, what: string, count: number, ago: number, last: string) => ({
  event,
  what,
  nodes: [NODES[count % 3] ?? NODES[0]],
  count,
  firstAt: world.now() - ago * 10,
  lastAt: world.now() - ago,
  last,
});

const slow = (world: World): ConnectionRow[] =>
  most(
    world.clients.filter(({ bufferedBytes }) => bufferedBytes > 0),
    (client) => client.bufferedBytes,
  )
    .slice(0, 20)
    .map(row);

/** What each view shows. */
export const DATA: Data = {
  overview,
  connections,
  topics,
  topic,
  events,
  doors: (world) => ({
    refusals: [
      { stage: "connect", reason: "login expired", count: 214, lastAt: world.now() - 1_200 },
      { stage: "origin", reason: "https://staging.example.com", count: 58, lastAt: world.now() - 9_000 },
      { stage: "limit", reason: "maxConnectionsPerAddress", count: 7, lastAt: world.now() - 620_000 },
      { stage: "version", reason: "4.0.0", count: 1, lastAt: world.now() - 3_000_000 },
    ],
    closes: [
      { code: 1001, reason: "", count: 1_904, lastAt: world.now() - 400 },
      { code: 1006, reason: "", count: 331, lastAt: world.now() - 2_100 },
      { code: 1000, reason: "", count: 120, lastAt: world.now() - 11_000 },
      { code: 1013, reason: "slow consumer", count: 12, lastAt: world.now() - 66_000 },
      { code: 1011, reason: "bad frame", count: 3, lastAt: world.now() - 1_000_000 },
      { code: 4401, reason: "login expired", count: 2, lastAt: world.now() - 1_000_000 },
    ],
  }),
  connection(world, key) {
    const found = world.find(key);
    return found ? { ...row(found), topics: found.topics.map(channelRow) } : null;
  },
  errors: (world) => ({
    crashes: crashes(world),
    warnings: [
      warning(
        world,
        "socket.slow_consumer",
        "maxBufferedBytes",
        12,
        66_000,
        "user_socket:joan.3: 4,812,220 of 4,194,304 bytes",
      ),
      warning(world, "socket.rate_limited", "eventsPerSecond", 451, 3_000, "room:4, user_socket:ken.9: 100 per second"),
      warning(world, "pubsub.lost", "queue is full", 38, 412_000, "redis: 38 messages"),
    ],
  }),
  pressure: (world) => ({
    slow: slow(world),
    paused: world.clients.filter(({ paused }) => paused).map(row),
    busy: world.clients.slice(3, 8).map(({ node, key, id, topics: on }, nth) => ({
      node,
      key,
      id,
      channel: { ...channelRow(on.at(-1) ?? "lobby", 3), waiting: 40 - nth * 7 },
    })),
  }),
  presence: (world) => ({
    rows: [
      {
        name: "people",
        topics: 61,
        metas: 1_240,
        nodes: NODES.map((name, nth) => ({ name, is: nth === 2 ? "down" : "up" })),
        largest: topicRows(world)
          .slice(0, 6)
          .map(({ topic, subscribers }) => ({ topic, metas: subscribers })),
      },
      { name: "devices", topics: 0, metas: 0, nodes: NODES.map((name) => ({ name, is: "up" })), largest: [] },
    ],
  }),
  history: (world) => ({
    store: { store: "redis", state: "up", since: world.startedAt },
    rows: ["room:0", "room:1", "room:2", "room:7", HOSTILE.rightToLeft].map((topic, nth) =>
      historyRow(world, topic, nth),
    ),
    published: 41_820,
    failed: 3,
    recovered: 902,
    notRecovered: 14,
    gaps: 6,
    repaired: 6,
  }),
  cluster: (world) => ({
    rows: NODES.map((node, nth) => ({
      node,
      version: nth === 2 ? "0.2.1" : "0.2.0",
      startedAt: world.startedAt + nth * 61_000,
      pubsub: {
        adapter: "redis",
        state: nth === 2 ? "down" : "up",
        since: world.now() - (nth === 2 ? 42_000 : 86_400_000),
        ...(nth === 2 && { reason: "connect ECONNREFUSED 10.0.0.5:6379" }),
        queued: nth === 2 ? 211 : 0,
        lost: nth === 2 ? 38 : 0,
        missed: nth === 0 ? 38 : 0,
      },
      lost: nth === 2 ? [{ reason: "queue is full", count: 38 }] : [],
      missed: nth === 0 ? [{ from: NODES[2], count: 38 }] : [],
    })),
  }),
};
