/**
 * TCP connections to the server of `listen` that have not yet sent the headers of a request. Each costs a file
 * descriptor, and no admission check has seen it: it has little time, and beyond a limit the oldest is closed to make
 * room.
 */
import { createServer, IncomingMessage } from "node:http";
import type { Server, ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answer } from "./answer.ts";

/** How many times longer the whole request may take than its headers. */
const WHOLE_REQUEST = 3;
/** How often Node checks per timeout: a connection ends at most 25 % late. */
const CHECKS_PER_TIMEOUT = 4;

export interface PendingLimits {
  /** Milliseconds from the connection to the end of the headers. Infinity: no limit. */
  readonly requestTimeout: number;
  readonly maxPendingSockets: number;
}

/** Creates a server with these limits. Calls `onEnded` for each connection closed to make room. */
export function createBoundedServer({ requestTimeout, maxPendingSockets }: PendingLimits, onEnded: () => void): Server {
  const pending = new Set<Socket>();
  /** One listener for all, and removed in time: it would weigh on every connection for as long as it lives. */
  function forget(this: Socket): void {
    pending.delete(this);
  }
  /** Node creates a response once the headers of a request have arrived, whoever answers it. */
  class Request extends IncomingMessage {
    constructor(socket: Socket) {
      super(socket);
      if (pending.delete(socket)) socket.off("close", forget);
    }
  }
  const server = createServer({ ...timeoutsOf(requestTimeout), IncomingMessage: Request }, notFound as never);
  server.on("connection", (socket: Socket) => {
    pending.add(socket);
    socket.on("close", forget);
    if (pending.size <= maxPendingSockets) return;
    const [oldest] = pending;
    pending.delete(oldest as Socket);
    (oldest as Socket).destroy();
    onEnded();
  });
  return server as unknown as Server;
}

/** For all paths that no endpoint serves. */
function notFound(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, { status: 404, body: "not found" });
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
