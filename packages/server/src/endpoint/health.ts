/** The health of an endpoint, for load balancers and people. */
import type { Handler } from "../hosts/host.ts";
import type { AdapterStatus, StoreStatus } from "../pubsub.ts";

/** What `endpoint.health()` returns, for health checks. */
export interface Health {
  /**
   * `degraded`: this node serves its clients but cannot reach other nodes, or the history store. `draining`: it accepts no new clients and is
   * closing the connections of its own.
   */
  readonly status: "ok" | "degraded" | "draining";
  readonly connections: number;
  /** Channels of all connections that are joined or joining. */
  readonly channels: number;
  /** Bytes buffered for sending, over all connections. */
  readonly bufferedBytes: number;
  readonly pubsub: AdapterStatus;
  /** The history store. Undefined: no channel has a history. */
  readonly history?: StoreStatus;
}

/** Answers GET and HEAD: 200, or 503 while the endpoint drains. */
export const healthHandler = (read: () => Health): Handler => ({
  request(exchange) {
    if (exchange.method !== "GET" && exchange.method !== "HEAD") {
      exchange.answer({ status: 405, headers: { allow: "GET, HEAD" } });
      return;
    }
    const health = read();
    exchange.answer({
      status: health.status === "draining" ? 503 : 200,
      headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
      body: JSON.stringify(health),
    });
  },
});
