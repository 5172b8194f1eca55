/** The health of an endpoint, for load balancers and people. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { AdapterStatus } from "../pubsub.ts";
import type { Door } from "./door.ts";
import { answer, answerUpgrade } from "../hosts/node/answer.ts";
import type { PathParams } from "../admission/path.ts";

export interface Health {
  /**
   * `degraded`: this node serves its clients but cannot reach other nodes. `draining`: it accepts no new clients and is
   * closing the connections of its own.
   */
  readonly status: "ok" | "degraded" | "draining";
  readonly connections: number;
  /** Channels of all connections that are joined or joining. */
  readonly channels: number;
  /** Bytes buffered for sending, over all connections. */
  readonly bufferedBytes: number;
  readonly pubsub: AdapterStatus;
}

/** Answers GET and HEAD on its path: 200, or 503 while the endpoint drains. */
export class HealthDoor implements Door {
  readonly #path: string;
  readonly #health: () => Health;

  constructor(path: string, health: () => Health) {
    this.#path = path;
    this.#health = health;
  }

  match(path: string): PathParams | undefined {
    return path === this.#path ? {} : undefined;
  }

  upgrade(_request: IncomingMessage, socket: Duplex): void {
    answerUpgrade(socket, { status: 400 });
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== "GET" && request.method !== "HEAD") {
      answer(response, { status: 405, headers: { allow: "GET, HEAD" } });
      return;
    }
    const health = this.#health();
    answer(response, {
      status: health.status === "draining" ? 503 : 200,
      headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
      body: JSON.stringify(health),
    });
  }
}
