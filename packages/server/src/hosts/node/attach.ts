/**
 * Runs endpoints beside an application on one node:http server. Requests and upgrades for an endpoint's paths reach
 * only the endpoint; all others reach only the application, no matter when its listeners are added or removed.
 *
 * Node passes every request to `server.emit`, so paths are separated there. Wrapping the application's listeners
 * instead would miss those added later, and both sides would answer the same request.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import type { HttpAnswer } from "../../admission/answer.ts";
import { parseTarget } from "../../admission/target.ts";
import { emit } from "../../telemetry.ts";
import type { Exchange, FindHandler, Found } from "../host.ts";
import { answer, answerUpgrade, ignoreError } from "./answer.ts";
import { UpgradeFilter } from "./upgrade-filter.ts";
import { NodeExchange, NodeUpgrade } from "./visit.ts";

export type HttpServer = Server | SecureServer;
type Emit = (this: HttpServer, event: string | symbol, ...args: unknown[]) => boolean;

const BAD_REQUEST: HttpAnswer = { status: 400 };
const NOT_FOUND: HttpAnswer = { status: 404, headers: { "content-type": "text/plain" }, body: "not found" };
const attachments = new WeakMap<HttpServer, Attachment>();

class Attachment {
  readonly finders = new Set<FindHandler>();
  readonly #server: HttpServer;
  /** The previous `server.emit`, and whether it was an own property of the server. */
  readonly #emit: Emit;
  readonly #hadOwnEmit: boolean;
  readonly #filter: UpgradeFilter;

  constructor(server: HttpServer) {
    this.#server = server;
    this.#emit = server.emit as Emit;
    this.#hadOwnEmit = Object.hasOwn(server, "emit");
    server.emit = this.#emitted as HttpServer["emit"];
    this.#filter = new UpgradeFilter(server, this.#onUpgrade, (request) => this.#find(request) !== undefined);
    attachments.set(server, this);
  }

  /** Detaches from the server. */
  end(): void {
    attachments.delete(this.#server);
    this.#filter.end();
    // Other code may have wrapped ours since: then it stays in place and passes everything through.
    if (this.#server.emit !== this.#emitted) return;
    if (this.#hadOwnEmit) this.#server.emit = this.#emit as HttpServer["emit"];
    else delete (this.#server as Partial<HttpServer>).emit;
  }

  readonly #emitted = (event: string | symbol, ...args: unknown[]): boolean => {
    if (this.finders.size > 0 && this.#takes(event, args)) return true;
    const wasHeard = this.#emit.call(this.#server, event, ...args);
    if (event === "connection" || event === "secureConnection") this.#filter.watch(args[0] as Duplex);
    return wasHeard;
  };

  #takes(event: string | symbol, args: unknown[]): boolean {
    switch (event) {
      case "request":
      case "checkContinue":
      case "checkExpectation":
        return this.#request(event, args[0] as IncomingMessage, args[1] as ServerResponse);
      case "upgrade":
        return this.#upgrade(args[0] as IncomingMessage, args[1] as Duplex, args[2] as Buffer);
      default:
        return false;
    }
  }

  #request(event: string, request: IncomingMessage, response: ServerResponse): boolean {
    this.#filter.watch(request.socket);
    const found = this.#find(request);
    if (found === undefined) return false;
    request.on("error", ignoreError);
    response.on("error", ignoreError);
    if (event === "checkExpectation") {
      answer(response, { status: 417 });
      return true;
    }
    if (event === "checkContinue") response.writeContinue();
    void serve(found, new NodeExchange(request, response));
    return true;
  }

  /** Also used as a listener: some code passes upgrades on from other servers without `server.emit`. */
  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#upgrade(request, socket, head);
  };

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    // Node has removed its own error listener.
    socket.on("error", ignoreError);
    const found = this.#find(request);
    if (found !== undefined) {
      void serveUpgrade(found, new NodeUpgrade(request, socket, head));
      return true;
    }
    if (this.#filter.hasOthers) return false;
    // No other listener handles it: without an answer the client would hang.
    answerUpgrade(socket, NOT_FOUND);
    return true;
  }

  #find(request: IncomingMessage): Found | undefined {
    const target = parseTarget(request.url ?? "/");
    if (target === undefined) return undefined;
    for (const find of this.finders) {
      const found = find(target.path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

async function serve({ handler, params }: Found, exchange: Exchange): Promise<void> {
  try {
    if (handler.request === undefined) exchange.answer(BAD_REQUEST);
    else await handler.request(exchange, params);
  } catch (error) {
    emit("http.failed", { error });
    exchange.destroy();
  }
}

async function serveUpgrade({ handler, params }: Found, upgrade: NodeUpgrade): Promise<void> {
  try {
    if (handler.upgrade === undefined) upgrade.answer(BAD_REQUEST);
    else await handler.upgrade(upgrade, params);
  } catch (error) {
    emit("http.failed", { error });
    upgrade.destroy();
  }
  // Who has taken the connection over listens by itself: another listener would weigh on it for as long as it lives.
  if (upgrade.socket.listenerCount("error") > 1) upgrade.socket.off("error", ignoreError);
}

/** Adds an endpoint to a server. Returns a function that removes it. */
export function attachTo(server: HttpServer, find: FindHandler): () => void {
  const attachment = attachments.get(server) ?? new Attachment(server);
  attachment.finders.add(find);
  return () => {
    if (attachment.finders.delete(find) && attachment.finders.size === 0) attachment.end();
  };
}
