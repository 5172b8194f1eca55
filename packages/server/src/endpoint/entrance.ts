/** What admission knows of the way in, and of a request that comes by it. */
import type { IncomingMessage } from "node:http";
import type { Sender } from "../socket/connect-info.ts";
import type { SocketSpec } from "../socket/spec.ts";
import type { Caller } from "./caller.ts";
import type { WebSocketOptions } from "./config.ts";
import type { ReadSession } from "./cookie-session.ts";
import type { Gate } from "./gate.ts";
import type { OriginCheck } from "./origin.ts";
import type { FindSender } from "./proxy.ts";

/** What all entrances of an endpoint share. */
export interface Premises {
  /** The public host name, when it is not that of the request. */
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
  /** Makes the answer to those that `connect` refuses with a reason. */
  readonly errorHandler: WebSocketOptions["errorHandler"] | undefined;
  readonly gate: Gate;
  readonly senderOf: FindSender;
  readonly readSession: ReadSession | undefined;
  /** Milliseconds that all async callbacks together may take. */
  readonly connectTimeout: number;
}

/** A request that may go on: its parameters, and when it came. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly caller: Caller;
  readonly sender: Sender;
  /** The query with the path variables. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly startedAt: number;
  /** Nobody waits for a decision any more. */
  isOver: boolean;
}
