/** The state of an endpoint at the moment of a scrape. */
import type { Instruments, PromCounter } from "./instruments.ts";

/** The part of an endpoint that is measured. */
export interface MeasuredEndpoint {
  readonly pubsub: object;
  health(): {
    readonly status: string;
    readonly connections: number;
    readonly channels: number;
    readonly bufferedBytes: number;
    readonly pubsub: {
      readonly state: string;
      readonly queued: number;
      readonly lost: number;
      readonly missed: number;
    };
    readonly history?: { readonly state: string };
  };
}

export function gauge(instruments: Instruments, endpoint: MeasuredEndpoint): void {
  // The first one collects for all: prom-client reads metrics in the order of their creation.
  const connections = instruments.gauge("connections", "Connected clients.", () => {
    const { status, pubsub, history, ...counts } = endpoint.health();
    connections.set(counts.connections);
    channels.set(counts.channels);
    buffered.set(counts.bufferedBytes);
    draining.set(status === "draining" ? 1 : 0);
    up.set(pubsub.state === "up" ? 1 : 0);
    queued.set(pubsub.queued);
    historyUp.set(history === undefined || history.state === "up" ? 1 : 0);
    set(lost, pubsub.lost);
    set(missed, pubsub.missed);
  });
  const channels = instruments.gauge("channels", "Channels of all connections, joined or joining.");
  const buffered = instruments.gauge("buffered_bytes", "Bytes buffered for sending to clients.");
  const draining = instruments.gauge("draining", "1 while the endpoint is draining.");
  const up = instruments.gauge("pubsub_up", "1 while this node is connected to the others.");
  const historyUp = instruments.gauge(
    "history_up",
    "1 while the history store can be reached, and where nothing has a history.",
  );
  const queued = instruments.gauge("pubsub_queued", "Messages queued for other nodes.");
  const lost = instruments.counter("pubsub_lost_total", "Messages to other nodes that were dropped.");
  const missed = instruments.counter("pubsub_missed_total", "Broadcasts of other nodes that did not arrive.");
}

function set(counter: PromCounter, value: number): void {
  counter.reset();
  counter.inc({}, value);
}
