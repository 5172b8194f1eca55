/**
 * Endpoints beside an application on one node:http server: requests and upgrades of their paths go to the endpoints,
 * all others to the listeners that were there before. Several endpoints may share a server.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import type { HttpAnswer } from "./config.ts";
import type { Door } from "./door.ts";
import { answerUpgrade } from "./http.ts";
import type { PathParams } from "./path.ts";

export type HttpServer = Server | SecureServer;
/** Finds the door of a path. */
export type FindDoor = (path: string) => { readonly door: Door; readonly params: PathParams } | undefined;

const NOT_FOUND: HttpAnswer = { status: 404, headers: { "content-type": "text/plain" }, body: "not found" };
const attachments = new WeakMap<HttpServer, Attachment>();

class Attachment {
  readonly finders = new Set<FindDoor>();
  readonly #server: HttpServer;
  readonly #application: readonly RequestListener[];

  constructor(server: HttpServer) {
    this.#server = server;
    this.#application = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", this.#onRequest);
    server.on("upgrade", this.#onUpgrade);
    attachments.set(server, this);
  }

  /** Gives the server back to its application. */
  end(): void {
    this.#server.off("request", this.#onRequest);
    this.#server.off("upgrade", this.#onUpgrade);
    for (const listener of this.#application) this.#server.on("request", listener);
    attachments.delete(this.#server);
  }

  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const found = this.#find(request);
    if (found !== undefined) void found.door.request(request, response, found.params);
    else for (const listener of this.#application) listener.call(this.#server, request, response as never);
  };

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const found = this.#find(request);
    if (found !== undefined) found.door.upgrade(request, socket, head, found.params);
    // Another listener may take it; without one the request would hang.
    else if (this.#server.listenerCount("upgrade") === 1) answerUpgrade(socket, NOT_FOUND);
  };

  #find(request: IncomingMessage): ReturnType<FindDoor> {
    const path = (request.url ?? "/").split("?", 1)[0] as string;
    for (const find of this.finders) {
      const found = find(path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Adds an endpoint to a server. Gives a function that takes it away again. */
export function attachTo(server: HttpServer, find: FindDoor): () => void {
  const attachment = attachments.get(server) ?? new Attachment(server);
  attachment.finders.add(find);
  return () => {
    if (attachment.finders.delete(find) && attachment.finders.size === 0) attachment.end();
  };
}
