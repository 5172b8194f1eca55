/** The state of an endpoint at the moment of a scrape. */
import type { Instruments, PromCounter } from "./instruments.ts";

/** An endpoint, as far as it is measured. */
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
  };
}

export function gauge(instruments: Instruments, endpoint: MeasuredEndpoint): void {
  // The first of them looks for all: prom-client reads metrics in the order in which they were made.
  const connections = instruments.gauge("connections", "Clients that are connected.", () => {
    const { status, pubsub, ...counts } = endpoint.health();
    connections.set(counts.connections);
    channels.set(counts.channels);
    buffered.set(counts.bufferedBytes);
    draining.set(status === "draining" ? 1 : 0);
    up.set(pubsub.state === "up" ? 1 : 0);
    queued.set(pubsub.queued);
    set(lost, pubsub.lost);
    set(missed, pubsub.missed);
  });
  const channels = instruments.gauge("channels", "Joined channels of all connections, and those being joined.");
  const buffered = instruments.gauge("buffered_bytes", "Bytes that wait to be sent to clients.");
  const draining = instruments.gauge("draining", "1 while the endpoint takes no new clients.");
  const up = instruments.gauge("pubsub_up", "1 while this node reaches the others.");
  const queued = instruments.gauge("pubsub_queued", "Messages to other nodes that wait.");
  const lost = instruments.counter("pubsub_lost_total", "Messages to other nodes that were given up.");
  const missed = instruments.counter("pubsub_missed_total", "Broadcasts of other nodes that did not come.");
}

function set(counter: PromCounter, value: number): void {
  counter.reset();
  counter.inc({}, value);
}
