/** What admission knows about a transport of a mount, and about a request to it. */
import type { IncomingMessage } from "node:http";
import type { Sender } from "../socket/connect-info.ts";
import type { SocketSpec } from "../socket/spec.ts";
import type { Caller } from "../hosts/node/callers.ts";
import type { WebSocketOptions } from "../endpoint/config.ts";
import type { ReadSession } from "./cookie-session.ts";
import type { Gate } from "./gate.ts";
import type { OriginCheck } from "./origin.ts";
import type { FindSender } from "./proxy.ts";

/** Shared by all transports of an endpoint. */
export interface Premises {
  /** The public host name, when it differs from that of the request. */
  readonly host: string | undefined;
  readonly gate: Gate;
  readonly senderOf: FindSender;
  readonly connectTimeout: number;
}

/** One transport of a mount, as far as admission is concerned. */
export interface Entrance {
  readonly endpoint: object;
  /** The mount path of the socket. */
  readonly path: string;
  readonly transport: string;
  readonly socket: SocketSpec;
  readonly checkOrigin: OriginCheck;
  /** Builds the answer when `connect` refuses with a reason. */
  readonly errorHandler: WebSocketOptions["errorHandler"] | undefined;
  readonly gate: Gate;
  readonly senderOf: FindSender;
  readonly readSession: ReadSession | undefined;
  /** Milliseconds that all async callbacks of a request may take together. */
  readonly connectTimeout: number;
}

/** A request that passed the first checks: its parameters, and when it arrived. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly caller: Caller;
  readonly sender: Sender;
  /** The query merged with the path variables. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The client understands Wingbeat's own messages (PROTOCOL.md, section 13). */
  readonly extensions: boolean;
  readonly startedAt: number;
  /** The client has gone, or `connectTimeout` has passed: the remaining callbacks are skipped. */
  isOver: boolean;
}
