/** The host for node:http: serves endpoints on a server of its own, or on the application's. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FindHandler } from "./host.ts";
import { attachTo } from "./node/attach.ts";
import type { HttpServer } from "./node/attach.ts";
import { createBoundedServer } from "./node/bounded-server.ts";
import type { PendingLimits } from "./node/bounded-server.ts";

export type { AddressInfo } from "node:net";
export type { HttpServer } from "./node/attach.ts";
export type { PendingLimits } from "./node/bounded-server.ts";

export class NodeHost {
  readonly #find: FindHandler;
  readonly #detach: (() => void)[] = [];
  #server: Server | undefined = undefined;

  constructor(find: FindHandler) {
    this.#find = find;
  }

  /** Whether it has a server of its own. */
  get isListening(): boolean {
    return this.#server !== undefined;
  }

  /** Serves requests of an HTTP server that belongs to the caller. */
  attach(server: HttpServer): void {
    this.#detach.push(attachTo(server, this.#find));
  }

  /**
   * Serves requests on a server of its own, which listens once `ready` has resolved. `onPendingEnded` is called for each connection that
   * is closed because of `maxPendingSockets`.
   */
  async listen(
    port: number,
    host: string | undefined,
    limits: PendingLimits,
    onPendingEnded: () => void,
    ready: Promise<void>,
  ): Promise<AddressInfo> {
    const server = createBoundedServer(limits, onPendingEnded);
    this.attach(server);
    this.#server = server;
    try {
      await ready;
      server.listen(port, host);
      await once(server, "listening");
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
    return server.address() as AddressInfo;
  }

  /** Stops serving, and closes the server of {@link listen} with all its connections. */
  async close(): Promise<void> {
    const server = this.#server;
    const stopped = server === undefined ? undefined : new Promise<void>((resolve) => server.close(() => resolve()));
    for (const detach of this.#detach) detach();
    server?.closeAllConnections();
    await stopped;
  }
}
