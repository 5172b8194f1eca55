/** A channel for tests, which does with presences what it is told, and endpoints that have it. */
import { onTestFinished } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { Endpoint, EndpointOptions, PubSubAdapter } from "../../src/index.ts";
import { definePresence } from "../../src/presence.ts";
import type { Presence, PresenceOptions } from "../../src/presence.ts";
import type { FrameClient } from "../integration/frame-client.ts";

export const TOPIC = "room:1";

/** For `vi.waitFor` and `expect.poll`: soon, but later than a busy machine is. */
export const SOON = { timeout: 120_000, interval: 10 };

export interface Meta {
  readonly device?: string;
  readonly n?: number;
}

interface Params {
  readonly key?: string;
  readonly meta?: Meta;
  readonly refused?: boolean;
  readonly state?: boolean;
}

/** The socket of a presence: params of a join are what it does, pushes are calls of the presence. */
export function socketOf(presence: Presence<Meta>) {
  const room = defineChannel("room:{id}")
    .join((ctx, params) => {
      const { key, meta = {}, refused = false, state = true } = params as Params;
      if (key !== undefined) presence.track(ctx, key, meta);
      if (state) presence.pushState(ctx);
      return refused ? refuse() : ok({ count: presence.count(ctx) });
    })
    .handleIn("track", (ctx, payload) => {
      const { topic = ctx.topic, key, meta = {} } = payload as { topic?: string; key: string; meta?: Meta };
      return ok({ ref: presence.track(ctx, topic, key, meta) });
    })
    .handleIn("update", (ctx, payload) => {
      const { key, meta } = payload as { key: string; meta: Meta };
      return ok({ ref: presence.update(ctx, key, meta) });
    })
    .handleIn("merge", (ctx, payload) => {
      const { key, meta } = payload as { key: string; meta: Meta };
      presence.update(ctx, key, (before) => ({ ...before, ...meta }));
    })
    .handleIn("untrack", (ctx, payload) => {
      const { key } = payload as { key?: string };
      if (key === undefined) presence.untrack(ctx);
      else presence.untrack(ctx, key);
      return ok();
    })
    .handleIn("list", (ctx) => ok(presence.list(ctx)))
    .handleIn("state", (ctx) => presence.pushState(ctx))
    .handleIn("crash", () => {
      throw new Error("told to");
    });
  return defineSocket({ connect: () => ok(), channels: [room] });
}

export interface Node {
  readonly endpoint: Endpoint;
  readonly presence: Presence<Meta>;
  readonly url: string;
}

/** A node: an endpoint with a presence of its own, on a free port of this machine. */
export async function startNode(options: PresenceOptions<Meta> = {}, adapter?: PubSubAdapter): Promise<Node> {
  const presence = definePresence<Meta>(options);
  const endpoint = createEndpoint({
    sockets: { "/socket": socketOf(presence) },
    presence: [presence],
    logger: false,
    ...(adapter === undefined ? {} : { pubsub: adapter }),
  });
  onTestFinished(() => endpoint.close());
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return { endpoint, presence, url: `ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0` };
}

/** The next frame that a client is sent. */
export async function told(client: FrameClient): Promise<{ event: string; payload: unknown }> {
  const frame = (await client.next()) as unknown[];
  return { event: frame[3] as string, payload: frame[4] };
}

/** An endpoint that nobody connects to, and what is broadcast on the topic. */
export function local(presence: EndpointPresence) {
  const endpoint = createEndpoint({
    sockets: { "/socket": socketOf(definePresence<Meta>()) },
    presence: [presence],
    logger: false,
  });
  const heard: { event: string; payload: unknown }[] = [];
  endpoint.subscribe(TOPIC, ({ event, payload }) => heard.push({ event, payload }));
  return { endpoint, heard };
}

type EndpointPresence = NonNullable<EndpointOptions["presence"]>[number];
