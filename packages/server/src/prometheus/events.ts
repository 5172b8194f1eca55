/** Counters of an endpoint's events. Each function returns one that stops counting. */
import { attach } from "../telemetry/attach.ts";
import type { TelemetryEvent, TelemetryEvents } from "../telemetry.ts";
import type { Instruments } from "./instruments.ts";

type Detach = () => void;

/** Only one of several endpoints in a process is measured. */
function listen<Event extends TelemetryEvent>(
  event: Event,
  endpoint: object,
  listener: (data: TelemetryEvents[Event]) => void,
): Detach {
  return attach(event, (data) => {
    if (!("endpoint" in data) || data.endpoint === endpoint) listener(data);
  });
}

const seconds = (ms: number): number => ms / 1_000;

/** The statuses and outcomes common to all applications; `reply(status)` may add others. */
const OUTCOMES: readonly string[] = [
  ...["ok", "error", "noreply", "stop", "invalid payload"],
  // Of numbered pushes.
  ...["repeated", "later", "order", "epoch", "expired", "unknown"],
];

export function countConnections(instruments: Instruments, endpoint: object): Detach[] {
  const labels = ["path", "transport"];
  const connects = instruments.counter(
    "connects_total",
    "Connection attempts by outcome: ok, or the stage that refused them.",
    [...labels, "outcome"],
  );
  const durations = instruments.durations("connect_duration_seconds", "Time to accept a connection.", labels);
  const closes = instruments.counter("closes_total", "Connections that ended, by WebSocket close code.", [
    ...labels,
    "code",
  ]);
  const refreshes = instruments.counter("refreshes_total", "Renewed logins by outcome.", [...labels, "outcome"]);
  return [
    listen("socket.refreshed", endpoint, ({ path, transport, result }) =>
      refreshes.inc({ path, transport, outcome: result }),
    ),
    listen("socket.connected", endpoint, ({ path, transport, duration }) => {
      connects.inc({ path, transport, outcome: "ok" });
      durations.observe({ path, transport }, seconds(duration));
    }),
    listen("socket.refused", endpoint, ({ path, transport, stage, reason }) =>
      connects.inc({ path, transport, outcome: stage === "limit" ? String(reason) : stage }),
    ),
    listen("socket.closed", endpoint, ({ path, transport, code }) =>
      closes.inc({ path, transport, code: closeCode(code) }),
    ),
  ];
}

/** Codes of our own: expired, and refused at a refresh. */
const OWN: ReadonlySet<number> = new Set([4401, 4403]);

/** Clients may close with any code from 3000 to 4999: the others share two labels. */
function closeCode(code: number): string {
  if (code < 3000 || OWN.has(code)) return String(code);
  return code < 4000 ? "3xxx" : "4xxx";
}

export function countChannels(instruments: Instruments, endpoint: object): Detach[] {
  const joins = instruments.counter("joins_total", "Joins by outcome.", ["channel", "outcome"]);
  const joinDurations = instruments.durations("join_duration_seconds", "Time of join callbacks.", ["channel"]);
  const events = instruments.counter("events_total", "Messages of clients by outcome.", [
    "channel",
    "event",
    "outcome",
  ]);
  const eventDurations = instruments.durations(
    "event_duration_seconds",
    "Time of handleIn callbacks, from call to reply.",
    ["channel", "event"],
  );
  const crashes = instruments.counter("crashes_total", "Callbacks that threw.", ["channel", "callback"]);
  const skipped = instruments.counter("skipped_total", "Messages that clients did not get because they were behind.", [
    "channel",
    "delivery",
  ]);
  return [
    listen("channel.skipped", endpoint, ({ pattern: channel, conflated, volatile }) => {
      skipped.inc({ channel, delivery: "conflate" }, conflated);
      skipped.inc({ channel, delivery: "volatile" }, volatile);
    }),
    listen("channel.joined", endpoint, ({ pattern: channel, result, duration }) => {
      joins.inc({ channel, outcome: result });
      joinDurations.observe({ channel }, seconds(duration));
    }),
    listen("channel.handled_in", endpoint, ({ pattern: channel, event, handler, outcome, duration }) => {
      const name = event === "phx_leave" ? event : (handler ?? "other");
      events.inc({ channel, event: name, outcome: OUTCOMES.includes(outcome) ? outcome : "other" });
      eventDurations.observe({ channel, event: name }, seconds(duration));
    }),
    listen("channel.crashed", endpoint, ({ pattern: channel, callback }) => crashes.inc({ channel, callback })),
  ];
}

const SUBSCRIBER_BUCKETS = [0, 1, 10, 100, 1_000, 10_000, 100_000];

export function countBroadcasts(instruments: Instruments, pubsub: object): Detach[] {
  const broadcasts = instruments.counter("broadcasts_total", "Messages delivered to subscribers on this node.", [
    "from",
  ]);
  const deliveries = instruments.counter(
    "broadcast_deliveries_total",
    "Deliveries of messages to subscribers on this node.",
  );
  const fanOut = instruments.histogram(
    "broadcast_subscribers",
    "Subscribers per message on this node.",
    SUBSCRIBER_BUCKETS,
  );
  return [
    attach("pubsub.delivered", (data) => {
      if (data.pubsub !== pubsub) return;
      broadcasts.inc({ from: data.from });
      deliveries.inc({}, data.subscribers);
      fanOut.observe({}, data.subscribers);
    }),
  ];
}

/** What is not of one endpoint is counted for all of a process. */
export function countHistory(instruments: Instruments, endpoint: object): Detach[] {
  const recoveries = instruments.counter("recoveries_total", "Clients that came back and asked for what they missed.", [
    "recovered",
    "reason",
  ]);
  const replayed = instruments.counter(
    "replayed_messages_total",
    "Messages of the history that such clients were sent.",
  );
  const gaps = instruments.counter("history_gaps_total", "Joined clients that were told to load again.", ["reason"]);
  const reads = instruments.counter("history_reads_total", "Reads of the history store.");
  const durations = instruments.durations("publish_seconds", "Time of the history store to record broadcasts.", []);
  const failures = instruments.counter("publish_failures_total", "Broadcasts that were not recorded.", ["reason"]);
  return [
    listen("history.joined", endpoint, ({ recovered, reason, count }) => {
      if (recovered === undefined) return;
      recoveries.inc({ recovered: String(recovered), reason: reason ?? "" });
      replayed.inc({}, count);
    }),
    listen("history.gap", endpoint, ({ reason, clients }) => gaps.inc({ reason }, clients)),
    listen("history.read", endpoint, () => reads.inc({})),
    listen("history.published", endpoint, ({ duration }) => durations.observe({}, seconds(duration))),
    listen("history.publish_failed", endpoint, ({ reason }) => failures.inc({ reason })),
  ];
}

export function countLimits(instruments: Instruments, endpoint: object): Detach[] {
  const limits = instruments.counter("limits_total", "How often a client reached a limit.", ["limit"]);
  return [
    listen("socket.refused", endpoint, ({ stage, reason }) => {
      if (stage === "limit") limits.inc({ limit: String(reason) });
    }),
    listen("socket.rate_limited", endpoint, ({ limit }) => limits.inc({ limit })),
    listen("socket.slow_consumer", endpoint, () => limits.inc({ limit: "maxBufferedBytes" })),
    listen("socket.paused", endpoint, ({ limit }) => limits.inc({ limit })),
    listen("endpoint.pending_socket_ended", endpoint, () => limits.inc({ limit: "maxPendingSockets" })),
    listen("socket.throttled", endpoint, () => limits.inc({ limit: "bytesPerSecond" })),
    listen("socket.bad_frame", endpoint, () => limits.inc({ limit: "bad frame" })),
    listen("channel.too_many", endpoint, () => limits.inc({ limit: "maxChannels" })),
    listen("longpoll.refused", endpoint, ({ reason }) => limits.inc({ limit: reason })),
  ];
}
