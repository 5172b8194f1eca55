/**
 * `publishHandler`: an HTTP handler through which programs in any language publish to channels. They send JSON and a
 * token that they sign themselves; docs/guide/publishing.md shows how.
 */
import { publishNode } from "./hosts/node/publish.ts";
import type { NodeHandler } from "./hosts/node/publish.ts";
import { publishFetch } from "./publish/fetch.ts";
import { Publisher } from "./publish/publisher.ts";
import type { PublishOptions } from "./publish/publisher.ts";

export type { PublishOptions, PublishTarget } from "./publish/publisher.ts";

/** Made by {@link publishHandler}. Mount it on a path of your HTTP server. Neither function throws or rejects. */
export interface PublishHandler {
  /** For servers that speak `Request` and `Response`: Hono, Next.js … */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For node:http, Express and the like. */
  readonly node: NodeHandler;
}

/**
 * Makes a handler for `POST` requests with a message, `{ "topic", "event", "payload" }`, or a list of them, and the
 * header `authorization: Bearer <token>`. The token is `Token.sign(secret, "wingbeat publish", "room:*", { maxAge: 60 })`:
 * its data is the pattern of the topics that it allows, or a list of patterns. Answers 202 with the number of messages
 * that were handed to PubSub, or 4xx and 503 with `{ "reason", "detail" }`. Throws `WB_OPTION`.
 *
 * @example
 * const publish = publishHandler({ to: endpoint, secret });
 * app.post("/publish", publish.node); // Express
 */
export function publishHandler(options: PublishOptions): PublishHandler {
  const publisher = new Publisher(options);
  return {
    fetch: (request) => publishFetch(publisher, request),
    node: (request, response) => void publishNode(publisher, request, response),
  };
}
