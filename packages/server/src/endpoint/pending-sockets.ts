/**
 * TCP connections to the server of `listen` that have not sent the headers of a request yet. They cost a file descriptor
 * each, and no admission has seen them: they have little time, and beyond a number the oldest of them make room.
 */
import { createServer, IncomingMessage } from "node:http";
import type { RequestListener, Server, ServerOptions } from "node:http";
import type { Socket } from "node:net";

/** The body may come for so many times as long as the headers. */
const WHOLE_REQUEST = 3;
/** Node looks so many times per timeout: a connection is ended at most 25 % late. */
const CHECKS_PER_TIMEOUT = 4;

export interface PendingLimits {
  /** Milliseconds from the connection to the end of the headers. Infinity: no limit. */
  readonly requestTimeout: number;
  readonly maxPendingSockets: number;
}

/** A server that bounds them. Calls `onEnded` for each connection that had to make room. */
export function createBoundedServer(
  { requestTimeout, maxPendingSockets }: PendingLimits,
  onEnded: () => void,
  listener: RequestListener,
): Server {
  const pending = new Set<Socket>();
  /** Node makes one when the headers of a request have come, whoever answers it. */
  class Request extends IncomingMessage {
    constructor(socket: Socket) {
      super(socket);
      pending.delete(socket);
    }
  }
  const server = createServer({ ...timeoutsOf(requestTimeout), IncomingMessage: Request }, listener as never);
  server.on("connection", (socket: Socket) => {
    pending.add(socket);
    socket.once("close", () => pending.delete(socket));
    if (pending.size <= maxPendingSockets) return;
    const [oldest] = pending;
    pending.delete(oldest as Socket);
    (oldest as Socket).destroy();
    onEnded();
  });
  return server as unknown as Server;
}

/** For Node, 0 means no limit. */
function timeoutsOf(requestTimeout: number): ServerOptions {
  if (requestTimeout === Infinity) return { headersTimeout: 0, requestTimeout: 0 };
  return {
    headersTimeout: requestTimeout,
    requestTimeout: WHOLE_REQUEST * requestTimeout,
    connectionsCheckingInterval: Math.ceil(requestTimeout / CHECKS_PER_TIMEOUT),
  };
}
