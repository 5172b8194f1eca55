/** One transport of a mount, on a path of its own: takes the requests of that path and makes sessions of them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { PathParams } from "./path.ts";

export interface Door {
  /** The path's variables, when this door answers requests for it. */
  match(path: string): PathParams | undefined;
  /** A request that asks for an upgrade to WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, params: PathParams): void | Promise<void>;
  /** Any other request. */
  request(request: IncomingMessage, response: ServerResponse, params: PathParams): void | Promise<void>;
}

/** A door that clients come in by. */
export interface ClientDoor extends Door {
  /** Waits until all connections are closed; after `ms` ends those that are left. */
  stop(ms: number): Promise<void>;
}
