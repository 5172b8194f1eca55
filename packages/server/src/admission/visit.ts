/** A request of a client that wants to connect, as every host describes it: node:http, or a test without a network. */
import type { RequestHeaders } from "../socket/connect-info.ts";

/** The other end of the TCP connection. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** Whether the connection is encrypted (TLS). */
  readonly encrypted: boolean;
}

/** A request that wants to connect, as its host received it. Nothing in it is trusted. */
export interface Visit {
  readonly method: string;
  /** As in the request line, query included: `/socket/websocket?vsn=2.0.0`. */
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly peer: Peer;
  /** The host's own request, for libraries that need it: with node:http an `IncomingMessage`. */
  readonly native: unknown;
  /** Calls `run` once when the client disconnects, or soon if it has. Returns a function that stops watching. */
  onGone(run: () => void): () => void;
}
