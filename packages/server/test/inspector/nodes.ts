/** Nodes with an inspector, and clients on them. */
import { onTestFinished } from "vitest";
import type { Endpoint, EndpointOptions, PubSubAdapter } from "../../src/index.ts";
import { inspect } from "../../src/inspector/inspect.ts";
import type { InspectOptions } from "../../src/inspector/inspect.ts";
import type { Inspection } from "../../src/inspector/inspection.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { gate } from "../integration/inbox.ts";
import { serve } from "../integration/serve.ts";
import { presence, socketOf } from "./room.ts";

/** Lets the handlers of `wait` go on. */
export interface Waiting {
  release(): void;
}

export interface TestNode {
  readonly name: string;
  readonly port: number;
  readonly endpoint: Endpoint;
  readonly inspection: Inspection;
  readonly waiting: Waiting;
  /** A client with this id, on these topics. */
  client(id: string, ...topics: readonly string[]): Promise<FrameClient>;
}

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
  const socket = socketOf(passed, () => inspection);
  const { endpoint, port, url } = await serve(
    { "/socket": socket },
    { presence: [presence], ...(adapter === undefined ? {} : { pubsub: adapter }), ...options },
  );
  const inspection: Inspection = inspect(endpoint, deadline === undefined ? {} : { deadline });
  if (!isInspected) inspection.stop();
  onTestFinished(() => inspection.stop());
  return {
    name: endpoint.pubsub.nodeName,
    port,
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
