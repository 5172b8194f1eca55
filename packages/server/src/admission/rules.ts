/** What admission knows about a transport of a mount, and about a request to it. */
import { negotiateVersion, v1Server, v2Server } from "@wingbeat/protocol";
import type { ServerCodec } from "@wingbeat/protocol";
import type { ConnectInfo } from "../socket/connect-info.ts";
import type { SocketSpec } from "../socket/spec.ts";
import type { HttpAnswer } from "./answer.ts";
import type { ReadSession } from "./cookie-session.ts";
import type { Gate } from "./gate.ts";
import type { Sender } from "./info.ts";
import type { OriginCheck } from "./origin.ts";
import type { PathParams } from "./path.ts";
import type { FindSender } from "./proxy.ts";
import type { Visit } from "./visit.ts";

/** Shared by all transports of an endpoint. */
export interface EndpointRules {
  /** The public host name, when it differs from that of the request. */
  readonly host: string | undefined;
  readonly gate: Gate;
  readonly senderOf: FindSender;
  /** Milliseconds that all async callbacks of a request may take together. */
  readonly connectTimeout: number;
}

/** Builds the answer when `connect` refuses with a reason. */
export type ErrorHandler = (reason: unknown, info: ConnectInfo) => HttpAnswer | PromiseLike<HttpAnswer>;

/** Who may connect to one transport of a mount. */
export interface AdmissionRules extends EndpointRules {
  readonly endpoint: object;
  /** The mount path of the socket. */
  readonly path: string;
  readonly transport: string;
  readonly socket: SocketSpec;
  readonly checkOrigin: OriginCheck;
  readonly errorHandler: ErrorHandler | undefined;
  /** Subprotocols of WebSocket that a client may ask for. */
  readonly subprotocols: readonly string[];
  /** Whether clients may send an auth token in a header. */
  readonly authToken: boolean;
  readonly readSession: ReadSession | undefined;
  readonly serializer: PickSerializer;
}

/** Picks the serializer for the `vsn` of a client; undefined refuses the client with 403. */
export type PickSerializer = (vsn: unknown) => ServerCodec | undefined;

/** Phoenix's serializers: V1 for 1.0.x, V2 for 2.0.x. */
export const phoenixSerializer: PickSerializer = (vsn) => {
  const version = negotiateVersion(vsn);
  return version === undefined ? undefined : version === 1 ? v1Server : v2Server;
};

/** A request that passed the first checks: its parameters, and when it arrived. */
export interface Screened {
  readonly visit: Visit;
  readonly sender: Sender;
  /** The query merged with the path variables. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly pathParams: PathParams;
  /** The client understands Wingbeat's own messages (PROTOCOL.md, section 15). */
  readonly extensions: boolean;
  readonly startedAt: number;
  /** The client has gone, or `connectTimeout` has passed: the remaining callbacks are skipped. */
  isOver: boolean;
}
