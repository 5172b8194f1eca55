/** One transport of a mount on its path: turns requests for that path into socket processes. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { PathParams } from "../admission/path.ts";

export interface Door {
  /** The path's variables; undefined when the path is not this transport's. */
  match(path: string): PathParams | undefined;
  /** A request that asks for an upgrade to WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, params: PathParams): void | Promise<void>;
  /** Any other request. */
  request(request: IncomingMessage, response: ServerResponse, params: PathParams): void | Promise<void>;
}

/** A transport that can be stopped. */
export interface ClientDoor extends Door {
  /** Waits until all connections are closed; after `ms` terminates the rest. */
  stop(ms: number): Promise<void>;
}
