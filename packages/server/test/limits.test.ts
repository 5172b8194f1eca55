/**
 * Holds docs/reference/limits.md true in both directions: every option that limits something has a row with its default, and
 * every row has a test. Who adds a limit adds its default to the constants below, a row, and a line in `TESTS`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CLUSTER_LIMITS } from "../src/cluster.ts";
import { ENDPOINT_LIMITS, LONGPOLL_LIMITS, WEBSOCKET_LIMITS } from "../src/endpoint/config.ts";
import { DEDUPE_DEFAULTS } from "../src/channel/dedupe.ts";
import { EPHEMERAL_DEFAULTS } from "../src/channel/ephemeral.ts";
import { HISTORY_DEFAULTS } from "../src/channel/history.ts";
import { DRAIN_LIMITS } from "../src/endpoint/drain.ts";
import { INSPECTOR_LIMITS } from "../src/inspector/inspect.ts";
import { DOOR_LIMITS } from "../src/inspector/options.ts";
import { PRESENCE_LIMITS } from "../src/presence/config.ts";
import { PUBLISH_LIMITS } from "../src/publish/publisher.ts";
import { CLUSTER_HISTORY_LIMITS } from "../src/pubsub/adapters/cluster.ts";
import { MEMORY_HISTORY_LIMITS } from "../src/pubsub/history.ts";
import { POSTGRES_HISTORY_LIMITS } from "../src/pubsub/adapters/postgres/history.ts";
import { PUBSUB_LIMITS } from "../src/pubsub/remote/engine-adapter.ts";
import { SOCKET_LIMITS } from "../src/socket.ts";
import { LOGGER_LIMITS } from "../src/telemetry/logger.ts";
import { TRACKER_LIMITS } from "../src/tracker/options.ts";

const DEFAULTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  endpoint: ENDPOINT_LIMITS,
  websocket: WEBSOCKET_LIMITS,
  longpoll: LONGPOLL_LIMITS,
  socket: SOCKET_LIMITS,
  presence: { ...PRESENCE_LIMITS, ...TRACKER_LIMITS },
  drain: DRAIN_LIMITS,
  pubsub: PUBSUB_LIMITS,
  cluster: CLUSTER_LIMITS,
  clusterAdapter: CLUSTER_HISTORY_LIMITS,
  postgresHistory: POSTGRES_HISTORY_LIMITS,
  logger: LOGGER_LIMITS,
  publish: PUBLISH_LIMITS,
  history: HISTORY_DEFAULTS,
  dedupe: DEDUPE_DEFAULTS,
  ephemeral: EPHEMERAL_DEFAULTS,
  memoryHistory: MEMORY_HISTORY_LIMITS,
  inspector: { ...INSPECTOR_LIMITS, ...DOOR_LIMITS },
};

/** Where numeric options are declared, and how limits.md calls them. */
const OPTION_FILES: readonly (readonly [file: string, prefixes: readonly string[]])[] = [
  ["endpoint/config.ts", ["endpoint", "websocket", "longpoll"]],
  ["endpoint/drain.ts", ["drain"]],
  ["socket.ts", ["socket"]],
  ["presence/config.ts", ["presence"]],
  ["tracker/options.ts", ["presence"]],
  ["pubsub/remote/engine-adapter.ts", ["pubsub"]],
  ["cluster.ts", ["cluster"]],
  ["pubsub/adapters/cluster.ts", ["clusterAdapter"]],
  ["pubsub/adapters/postgres/history.ts", ["postgresHistory"]],
  ["telemetry/logger.ts", ["logger"]],
  ["publish/publisher.ts", ["publish"]],
  ["channel/history.ts", ["history"]],
  ["channel/dedupe.ts", ["dedupe"]],
  ["channel/ephemeral.ts", ["ephemeral"]],
  ["pubsub/history/memory.ts", ["memoryHistory"]],
  ["inspector/inspect.ts", ["inspector"]],
  ["inspector/options.ts", ["inspector"]],
];

/** Numbers that limit nothing: how often and how much at a time. */
const NO_LIMITS: ReadonlySet<string> = new Set([
  "drain.batchSize",
  "drain.batchInterval",
  "presence.gracePeriod",
  "presence.broadcastPeriod",
  "presence.deltaPeriod",
  "presence.maxSilentPeriods",
  "presence.downPeriod",
  "presence.permdownPeriod",
  "presence.clockSamplePeriods",
  "presence.poolSize",
  "pubsub.heartbeat",
  "cluster.workers",
  "history.replayLimit", // in the row of size
]);

const WS = "server/test/integration/websocket-limits.test.ts";
const BACK = "server/test/integration/backpressure.test.ts";
const LP = "server/test/integration/longpoll-limits.test.ts";
const CONNECT = "server/test/integration/connect-time.test.ts";
const CONNECTIONS = "server/test/integration/connection-limits.test.ts";
const BYTES = "server/test/integration/byte-limits.test.ts";
const SESSION = "server/src/socket/process.test.ts";
const PUBLISH = "server/test/publish/handler.test.ts";
const SLOW = "server/test/slow-clients/delivery.test.ts";
const HISTORY = "server/test/behaviour/history.test.ts";
const MEMORY = "server/src/pubsub/history/memory.test.ts";
const BOUNDS = "server/src/pubsub/history/bounds.test.ts";
const WAITING = "server/src/pubsub/history/waiting.test.ts";
const LOG = "server/src/telemetry/line-limit.test.ts";
const PRESENCE = "server/test/presence/options.test.ts";
const EPHEMERAL = "server/test/delivery/ephemeral.test.ts";

const DOOR = "server/test/inspector/door.test.ts";
const HOSTILE = "server/test/inspector/hostile.test.ts";
const DOOR_ATTACK = "server/test/inspector/attack.test.ts";
const INSPECTOR = "server/src/inspector/socket.test.ts";

/** The test of each row: its file below packages/, and a part of its title. */
const TESTS: Readonly<Record<string, readonly [file: string, title: string]>> = {
  "websocket.maxFrameSize": [WS, "takes 1,000,000 bytes by default"],
  "(fragments)": [WS, "closes a message of more than 1,024 fragments"],
  "endpoint.maxConnections": [CONNECTIONS, "refuses with 503 and Retry-After"],
  "endpoint.maxConnectionsPerIp": [CONNECTIONS, "refuses an address that has so many"],
  "(refreshes)": ["server/test/integration/login.test.ts", "who floods runs connect twice"],
  "(credentials)": ["server/test/integration/login.test.ts", "is answered, and connect does not run"],
  "(refusal message)": ["server/test/integration/refused.test.ts", "is longer than 4,096 bytes"],
  "endpoint.requestTimeout": [BYTES, "that send nothing, or half a request, are ended"],
  "endpoint.maxPendingSockets": [BYTES, "beyond the limit make room, the oldest first"],
  "drain.deadline": ["server/test/integration/drain.test.ts", "closes everything at the deadline"],
  "websocket.timeout": [WS, "closes a client that sends nothing with 1002"],
  "websocket.maxBufferedBytes": [BACK, "costs no more memory than four times the limit"],
  "websocket.bufferTimeout": [BACK, "has a time to read what a single turn sent"],
  "(inflated)": [BYTES, "of compressed frames"],
  "socket.maxTasks": ["server/test/delivery/spawn.test.ts", "is one of at most maxTasks"],
  "socket.maxUnackedBytes": [SLOW, "begins with more than maxUnackedBytes"],
  "socket.ackTimeout": [SLOW, "gets the newest of each key when it has caught up"],
  "socket.maxConflatedKeys": [SLOW, "beyond maxConflatedKeys make the oldest be sent"],
  "(held bytes)": [SLOW, "of messages that take more than maxMailboxBytes"],
  "socket.maxChannels": [SESSION, "are limited; leaving makes room"],
  "socket.eventsPerSecond": [SESSION, "messages beyond the rate are refused one by one"],
  "socket.joinsPerSecond": [SESSION, "joins have a rate of their own"],
  "socket.channelEventsPerSecond": [SESSION, "channels may have a rate of their own"],
  "socket.bytesPerSecond": ["server/src/socket/reader.test.ts", "let a burst pass, then stop the reading"],
  "(share)": ["server/src/socket/reader.test.ts", "are eight small frames"],
  "socket.maxMailboxMessages": [BACK, "is not read while a mailbox is full"],
  "socket.maxMailboxBytes": [BACK, "stops at maxMailboxBytes"],
  "(foreign bytes)": ["server/src/channel/mailbox-limits.test.ts", "of others may weigh eight times as much"],
  "socket.maxSubscriptions": ["server/src/channel/belongings.test.ts", "are limited"],
  "socket.maxTimers": ["server/src/channel/belongings.test.ts", "that run are limited"],
  "ephemeral.every": [EPHEMERAL, "is the newest of what one client sends within 50 ms"],
  "ephemeral.expires": [EPHEMERAL, "is told once in a second, and nothing that was not renewed"],
  "ephemeral.maxValueSize": [EPHEMERAL, "is too large or not allowed, is refused"],
  "(values told)": [EPHEMERAL, "is told at most 1,000 values"],
  "presence.maxPresences": [PRESENCE, "of presences: a channel has so many"],
  "presence.maxMetaSize": [PRESENCE, "of metas: refuses one that is"],
  "(levels of a meta)": ["server/src/presence/meta.test.ts", "may have a limited number of levels"],
  "(presence key)": [PRESENCE, "of keys: refuses one of more than 1,024 characters"],
  "presence.maxNodes": ["server/test/presence/forged.test.ts", "no more than maxNodes nodes are known"],
  "presence.fetchTimeout": ["server/test/presence/fetch.test.ts", "that never ends does not hold up others"],
  "pubsub.maxQueuedBytes": ["server/src/pubsub/remote/link.test.ts", "is dropped when too much waits"],
  "cluster.drainTimeout": ["server/test/pubsub/run-cluster.test.ts", "kills workers that do not close in time"],
  "(binary header)": ["protocol/src/binary.test.ts", "hold 255 bytes of UTF-8"],
  "(brackets)": ["server/src/admission/query.test.ts", "takes brackets deeper than 16"],
  "longpoll.window": ["server/test/integration/longpoll.test.ts", "when nobody polls for one and a half windows"],
  "longpoll.maxBodySize": [LP, "of exactly the limit are taken, one byte more is 413"],
  "longpoll.bodyTimeout": [LP, "that come too slowly are given up"],
  "longpoll.maxBatchMessages": [LP, "of 100 are taken, of 101 refused whole"],
  "longpoll.maxBufferedBytes": [LP, "loses its session when"],
  "longpoll.bufferTimeout": [LP, "loses its session when"],
  "longpoll.pubsubTimeout": ["server/test/integration/longpoll-nodes.test.ts", "is gone after the PubSub timeout"],
  "(levels of a broadcast)": ["server/test/delivery/trouble.test.ts", "is none with 1,000 levels"],
  "(transfers)": ["server/test/presence/forged.test.ts", "a node is sent a transfer only when it is known"],
  "(primary queue)": [
    "server/src/pubsub/adapters/cluster/relay.test.ts",
    "drops what is for a worker that takes nothing in",
  ],
  "(ids in Redis)": ["server/test/history/redis.test.ts", "forgets the oldest of very many ids"],
  "(history senders)": ["server/src/pubsub/history/counts.test.ts", "remember so many senders"],
  "(history alarms)": ["server/src/pubsub/history/counts.test.ts", "raise at most one alarm a second"],
  "(slot retries)": ["server/test/history/redis-clients.test.ts", "is refused after 5 s"],
  "(incomplete messages)": ["server/src/pubsub/remote/parts.test.ts", "are of few envelopes at once"],
  "(jump of a count)": ["server/src/pubsub/remote/gaps.test.ts", "as the first one ever does not silence the sender"],
  "(remembered nodes)": ["server/src/pubsub/remote/gaps.test.ts", "are forgotten with the oldest of very many senders"],
  "(unreadable reports)": [
    "server/src/pubsub/remote/garbage.test.ts",
    "of very many senders, whose names are not all told",
  ],
  "(roll call)": ["server/src/pubsub/roll-call.test.ts", "of at most 1,000 endpoints"],
  "(broadcaster close)": ["server/test/pubsub/broadcaster.test.ts", "says how much was lost when it does not"],
  "clusterAdapter.maxHistoryBytes": [
    "server/test/history/cluster.test.ts",
    "drops the topics that were used least recently beyond `maxHistoryBytes`",
  ],
  "(history namespaces)": ["server/src/pubsub/adapters/cluster/keeper.test.ts", "has a limit of namespaces"],
  "(worker nodes)": ["server/src/pubsub/adapters/cluster/relay.test.ts", "that joins again and again under new names"],
  "socket.maxDepth": ["protocol/src/limits.test.ts", "of a payload may have 64 levels"],
  "(text header)": ["protocol/src/limits.test.ts", "has at most 1,024 bytes of JSON, of any type"],
  "(levels sent)": ["protocol/src/payload.test.ts", "is refused: cycles, and by servers more than 1,000 levels"],
  "(listener failures)": ["server/src/telemetry.test.ts", "is reported again after a minute"],
  "(disconnects)": ["server/src/socket/disconnects.test.ts", "forgets what is older than a minute"],
  "logger.linesPerSecond": [LOG, "are limited in a second, and the others are counted"],
  "(log bytes)": [LOG, "are limited in bytes, too"],
  "(headers)": [LP, "beyond what Node takes are refused by it"],
  "endpoint.connectTimeout": [CONNECT, "ends at connectTimeout with 503, and gives the place back"],
  "(early bytes)": [CONNECT, "sends without end"],
  "(refused client)": [
    "server/test/integration/door-answers.test.ts",
    "is closed, although the client never closes it",
  ],
  "(send queue)": ["server/test/delivery/order.test.ts", "more than may wait behind an intercepted broadcast"],
  "socket.slowCallback": ["server/test/delivery/callbacks.test.ts", "%s is reported, once"],
  "(changes out of order)": ["server/src/tracker/log.test.ts", "admits 100,000 changes out of order, and not one more"],
  "publish.maxAge": [PUBLISH, "is over, by the age of the handler"],
  "publish.maxBodySize": [PUBLISH, "413 beyond maxBodySize"],
  "publish.maxBatchMessages": [PUBLISH, "413 beyond maxBatchMessages"],
  "publish.messagesPerSecond": [PUBLISH, "429 beyond messagesPerSecond"],
  "publish.maxRequests": [PUBLISH, "503 beyond maxRequests"],
  "publish.bodyTimeout": [PUBLISH, "408 for a body that comes too slowly"],
  "(patterns of a token)": [PUBLISH, "has too many patterns"],
  "(published header)": [PUBLISH, "a long topic"],
  "history.size": [HISTORY, "R-6: who has missed more than is kept"],
  "history.ttl": [MEMORY, "R-6: an entry is gone at its ttl"],
  "history.maxBytes": [MEMORY, "drops the oldest entries beyond maxBytes"],
  "history.maxEntryBytes": ["server/test/operations/history.test.ts", "and what could not be recorded"],
  "memoryHistory.maxBytes": [MEMORY, "R-27: drops the logs that were used least recently"],
  "dedupe.window": ["server/src/pubsub/pushes/memory.test.ts", "forgets a line after its window"],
  "(kept replies)": ["server/test/behaviour/pushes.test.ts", "and that is older than the last 32"],
  "(sessions of a channel)": ["server/test/behaviour/pushes.test.ts", "with 16 of them"],
  "(remembered pushes)": ["server/src/pubsub/pushes/memory.test.ts", "beyond its bytes"],
  "(push store)": ["server/src/pubsub/pushes.test.ts", "the store does not answer within 5 s"],
  "(tries)": ["server/src/pubsub/pushes/running.test.ts", "remembers 100,000"],
  "(history queue)": [WAITING, "is refused when 16 MiB wait"],
  "(idempotency key)": [WAITING, "has an id that has 1 to 128 bytes"],
  "(remembered keys)": [MEMORY, "remembers an idempotency key for the ttl"],
  "(history reads)": [BOUNDS, "wait in a queue that ends"],
  "(followed topics)": [BOUNDS, "and of them no more than 10,000"],
  "postgresHistory.maxConnections": [
    "server/test/history/postgres.faults.ts",
    "opens at most maxConnections, and one that listens",
  ],
  "postgresHistory.onceWindow": [
    "server/test/pushes/postgres.test.ts",
    "remembers what was done once for its time, and drops it then",
  ],
  "(once reply)": ["server/test/pushes/postgres-once.test.ts", "a reply that cannot be sent, or is too large"],
  "(once key)": ["server/test/pushes/postgres-once.test.ts", "a key that is none"],
  "(pushes at once)": [
    "server/test/pushes/postgres.test.ts",
    "claims that are sent at once are granted in their order",
  ],
  "(statement)": ["server/test/history/postgres.faults.ts", "a first try that the network has held back"],
  "inspector.deadline": ["server/test/inspector/cluster.test.ts", "name those that do not answer"],
  "(counting)": ["server/src/inspector/lease.test.ts", "ends half a minute after it was extended last"],
  "(known nodes)": ["server/src/inspector/peers/peers.test.ts", "no more than 1,000 nodes are known"],
  "(report)": [HOSTILE, "sends reports that fit every engine"],
  "(hot topics)": ["server/src/inspector/counts/counts.test.ts", "are found among very many"],
  "(incidents)": [HOSTILE, "keeps 50 different crashes, 100 warnings and 100 refusals"],
  "(taps)": ["server/test/inspector/tap-limits.test.ts", "a node has at most 20 taps"],
  "(tap rate)": ["server/test/inspector/taps.test.ts", "of a flood keeps its rate"],
  "(tap time)": ["server/src/inspector/tap/viewer-taps.test.ts", "ends after five minutes"],
  "(tapped connections)": ["server/test/inspector/tap-limits.test.ts", "listens to at most 500 connections"],
  "(shown payload)": [HOSTILE, "cuts what a huge payload shows"],
  "inspector.maxViewers": [DOOR, "are not needed by more than maxViewers"],
  "inspector.failuresPerMinute": [DOOR, "is not asked any more by somebody who keeps failing"],
  "(authorize)": [DOOR, "has a limit of decisions under way"],
  "(failures)": ["server/src/inspector/failures.test.ts", "remembers 10,000 networks"],
  "(ticket)": [DOOR, "end after half a minute"],
  "(login)": [DOOR, "is closed when its login ends and is not renewed"],
  "(views)": [DOOR_ATTACK, "limits what one viewer may ask"],
  "(questions)": [DOOR_ATTACK, "limits what one viewer may ask"],
  "(question)": [DOOR_ATTACK, "closes connections that send garbage"],
  "(name)": [INSPECTOR, "refuses %s with %j"],
  "(tap buffer)": ["server/src/inspector/tap-outlet.test.ts", "leaves out what a slow viewer does not read"],
  "(line length)": ["server/src/telemetry/logger.test.ts", "cuts parts and lines that are too long"],
};

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** The tables of the server: the client's limits are options of another package. */
const [tables = ""] = read("../../../docs/reference/limits.md").split("\n## The client\n");

const rows = [...tables.matchAll(/^\| (.+) \| (.+) \| (.+) \| .+ \| .+ \|$/gm)]
  .map(([, limit, option, value]) => ({ limit, option: option as string, value: value as string }))
  .filter(({ option }) => option !== "option" && option !== "---")
  .map(({ limit, option, value }) => ({
    limit,
    isDerived: /×|, and /.test(option),
    id: /`(\w+\.\w+)`/.exec(option)?.[1] ?? option,
    value,
  }));

const defaultOf = (id: string): number | undefined => {
  const [prefix, name] = id.split(".") as [string, string];
  return DEFAULTS[prefix]?.[name];
};

/** `1,000, two seconds' worth at once` → 1000. */
const numberOf = (value: string): number =>
  value.startsWith("Infinity") ? Infinity : Number(/^[\d,]*\d/.exec(value)?.[0].replaceAll(",", ""));

describe("docs/reference/limits.md", () => {
  it("has rows", () => expect(rows.length).toBeGreaterThan(40));

  it("has a row for every option that limits something", () => {
    const options = OPTION_FILES.flatMap(([file, prefixes]) =>
      [...read(`../src/${file}`).matchAll(/^ {2}readonly (\w+)\?: number;$/gm)].map(([, name]) => ({ name, prefixes })),
    );
    expect(options.length).toBeGreaterThan(30);
    const known = new Set([...rows.map(({ id }) => id), ...NO_LIMITS]);
    const missing = options.filter(({ name, prefixes }) => !prefixes.some((prefix) => known.has(`${prefix}.${name}`)));
    expect(missing).toEqual([]);
  });

  it("has a row for every default, and names no option that does not exist", () => {
    const all = Object.entries(DEFAULTS).flatMap(([prefix, limits]) =>
      Object.keys(limits).map((name) => `${prefix}.${name}`),
    );
    const named = rows.map(({ id }) => id).filter((id) => !id.startsWith("("));
    expect(all.filter((id) => !named.includes(id) && !NO_LIMITS.has(id))).toEqual([]);
    expect(named.filter((id) => !all.includes(id))).toEqual([]);
  });

  it("says the defaults of the code", () => {
    const wrong = rows.filter(
      ({ id, isDerived, value }) => !id.startsWith("(") && !isDerived && numberOf(value) !== defaultOf(id),
    );
    expect(wrong).toEqual([]);
  });

  it("has a test for every row", () => {
    const ids = new Set(rows.map(({ id }) => id));
    expect([...ids].filter((id) => TESTS[id] === undefined)).toEqual([]);
    expect(Object.keys(TESTS).filter((id) => !ids.has(id))).toEqual([]);
    const gone = Object.entries(TESTS).filter(([, [file, title]]) => !read(`../../${file}`).includes(title));
    expect(gone).toEqual([]);
  });
});
