/**
 * The contract between a transport and a mount. A transport is a folder here, or a package of its own: it turns requests
 * into connections, and asks the mount who may connect. It knows nothing of sockets and channels.
 */
import type { Admitted } from "../admission.ts";
import type { CheckOrigin } from "../admission/origin.ts";
import type { PathParams } from "../admission/path.ts";
import type { Refusal } from "../admission/refusal.ts";
import type { ErrorHandler, Screened } from "../admission/rules.ts";
import type { Visit } from "../admission/visit.ts";
import type { Awaitable } from "../awaitable.ts";
import type { Handler } from "../hosts/host.ts";
import type { Connection, ConnectionHandler } from "./connection.ts";

/** A transport, as an endpoint is told to use it: one for each mount that does. */
export interface TransportDefinition {
  /** `info.transport` of its clients, and in telemetry. */
  readonly name: string;
  /** Its path below that of the mount, with `:variables` that join the connect params. */
  readonly path: string;
  /** Which pages may connect. Default: the endpoint's `checkOrigin`. */
  readonly checkOrigin?: CheckOrigin | undefined;
  /** Builds the answer when `connect` refuses with a reason. Default: 403 without a body. */
  readonly errorHandler?: ErrorHandler | undefined;
  /** Subprotocols of WebSocket that clients may ask for. Default none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Begins to serve a mount. */
  start(mount: TransportMount): Transport;
}

/** A transport that serves one mount. */
export interface Transport extends Handler {
  /** Waits until all connections are closed; after `ms` terminates the rest. Called once: no more clients are admitted. */
  stop(ms: number): Promise<void>;
}

/** What a mount offers to its transport. */
export interface TransportMount {
  readonly endpoint: object;
  /** The path pattern of the mount. */
  readonly path: string;
  /** Whether clients may send an auth token in a header. */
  readonly authToken: boolean;
  /**
   * Decides whether a client may connect: all checks, `connect` included. Synchronous unless a callback of the
   * application is async. Never throws or rejects. An admitted client must be passed to {@link open} or {@link refuse}.
   */
  admit(visit: Visit, params: PathParams): Awaitable<Admitted | Refusal>;
  /**
   * The first half of {@link admit}, for a transport whose clients make many requests: the checks that each must pass
   * (query, origin).
   */
  screen(visit: Visit, params: PathParams): Awaitable<Screened | Refusal>;
  /** The second half: version, limits, `connect`. */
  admitScreened(screened: Screened, authToken: string | undefined): Awaitable<Admitted | Refusal>;
  /** Connects an admitted client. Its frames go to the handler that is returned. */
  open(admitted: Admitted, connection: Connection): ConnectionHandler;
  /** Refuses an admitted client: its request is faulty, or it has gone. */
  refuse(admitted: Admitted, refusal: Refusal): Refusal;
}
