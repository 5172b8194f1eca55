/** Nodes with an inspector, and clients on them. */
import { onTestFinished } from "vitest";
import { defineChannel, definePresence, defineSocket, ok, refuse, reply } from "../../src/index.ts";
import type { Endpoint, EndpointOptions, PubSubAdapter } from "../../src/index.ts";
import { inspect } from "../../src/inspector/inspect.ts";
import type { InspectOptions } from "../../src/inspector/inspect.ts";
import type { Inspection } from "../../src/inspector/inspection.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { gate } from "../integration/inbox.ts";
import { serve } from "../integration/serve.ts";

/** Lets the handlers of `wait` go on. */
export interface Waiting {
  release(): void;
}

export interface TestNode {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly inspection: Inspection;
  readonly waiting: Waiting;
  /** A client with this id, on these topics. */
  client(id: string, ...topics: readonly string[]): Promise<FrameClient>;
}

const presence = definePresence<{ device: string }>({ name: "people" });

function room(pattern: string, waits: Promise<void>) {
  return defineChannel(pattern)
    .join((ctx, params) => {
      if ((params as { refuse?: boolean }).refuse === true) return refuse("no");
      if (pattern === "room:*") presence.track(ctx, (ctx.assigns as { name: string }).name, { device: "test" });
      return ok();
    })
    .handleIn("say", (ctx, payload: unknown) => {
      ctx.broadcast("said", payload as object);
      return reply("ok", { stored: true });
    })
    .handleIn("wait", async () => {
      await waits;
      return ok();
    })
    .handleIn("crash", (_ctx, payload: unknown) => {
      throw new Error(`cannot take ${JSON.stringify(payload)}`);
    })
    .handleIn("throw", (_ctx, payload: unknown) => {
      throw hostileErrors[(payload as { n: number }).n];
    });
}

/** What a handler may throw that resists being looked at. */
export const hostileErrors: readonly unknown[] = [
  undefined,
  "text".repeat(100_000),
  Object.defineProperty(new Error("x"), "stack", {
    get: () => {
      throw new Error("no stack");
    },
  }),
  new Proxy(new Error("x"), {
    get: () => {
      throw new Error("no");
    },
  }),
  Object.defineProperty({}, "message", {
    get: () => {
      throw new Error("no");
    },
  }),
  Object.assign(new Error("m".repeat(100_000)), { cause: new Error("deep", { cause: new Error("deeper") }) }),
  Object.create(null),
];

export interface NodeOptions extends Partial<EndpointOptions>, InspectOptions {
  readonly adapter?: PubSubAdapter;
  /** Without: the node has none. */
  readonly isInspected?: boolean;
}

export async function startNode({
  adapter,
  deadline,
  isInspected = true,
  ...options
}: NodeOptions = {}): Promise<TestNode> {
  const { passed, open } = gate();
  const socket = defineSocket({
    connect: ({ name }) => (name === "nobody" ? refuse("nobody") : ok({ name: String(name) })),
    id: ({ name }) => `user:${name}`,
    channels: [room("room:*", passed), room("*", passed)],
    eventsPerSecond: Infinity,
    joinsPerSecond: Infinity,
    maxChannels: 100_000,
    bytesPerSecond: 1e12,
  });
  const { endpoint, url } = await serve(
    { "/socket": socket },
    { presence: [presence], ...(adapter === undefined ? {} : { pubsub: adapter }), ...options },
  );
  const inspection = inspect(endpoint, deadline === undefined ? {} : { deadline });
  if (!isInspected) inspection.stop();
  onTestFinished(() => inspection.stop());
  return {
    name: endpoint.pubsub.nodeName,
    endpoint,
    inspection,
    waiting: { release: () => open() },
    async client(id, ...topics) {
      const client = await FrameClient.open(url("/socket/websocket", { name: id }));
      for (const topic of topics) {
        client.send("1", "1", topic, "phx_join", {});
        await replyTo(client, "1");
      }
      return client;
    },
  };
}

/** The reply to a message with this ref. What comes before it is passed over. */
export async function replyTo(client: FrameClient, ref: string): Promise<unknown> {
  for (;;) {
    const frame = await client.next();
    if (Array.isArray(frame) && frame[1] === ref && frame[3] === "phx_reply") return frame[4];
  }
}

/** Asks until an answer is as it should be: answers are kept for a moment. */
export async function until<T>(ask: () => Promise<T>, check: (answer: T) => void): Promise<T> {
  const endsAt = Date.now() + 120_000;
  for (;;) {
    const answer = await ask();
    try {
      check(answer);
      return answer;
    } catch (error) {
      if (Date.now() > endsAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
