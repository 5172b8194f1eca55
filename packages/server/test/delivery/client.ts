/** A client in memory that keeps what it is sent, frame by frame, in the order of the wire. */
import { v1Server, v2Client, v2Server } from "@wingbeat/protocol";
import type { Message } from "@wingbeat/protocol";
import { onTestFinished } from "vitest";
import { createEndpoint, defineSocket, ok } from "../../src/index.ts";
import type { Endpoint, EndpointOptions, SocketDefinition, SocketOptions } from "../../src/index.ts";
import { SocketProcess } from "../../src/socket/process.ts";
import type { Frame } from "../../src/transports/connection.ts";
import { MemoryConnection } from "../../src/transports/memory.ts";

type AnyChannels = SocketOptions<readonly [], never, undefined>["channels"] | readonly unknown[];

/** A socket of any channels, whose types do not matter here. */
export function socketOf(channels: AnyChannels, options: object = {}): SocketDefinition {
  return defineSocket({ connect: () => ok(), channels: channels as readonly [], ...options });
}

/** An endpoint that is closed when the test ends. */
export function endpointOf(socket: SocketDefinition, options: Partial<EndpointOptions> = {}): Endpoint {
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false, ...options });
  onTestFinished(() => endpoint.close({ drain: false }));
  return endpoint;
}

/**
 * Until everything that is scheduled by now has run. On a busy machine the run queue of channels stops after a few
 * deliveries and goes on in the next turn of the event loop, so one turn is not always enough.
 */
export async function turn(): Promise<void> {
  for (let count = 0; count < 5; count++) await new Promise((resolve) => setImmediate(resolve));
}

/** A connection that reads V1 frames, too, and keeps the frames themselves. */
class KeepingConnection extends MemoryConnection {
  readonly frames: Frame[] = [];
  /** What `send` throws. */
  trouble: Error | undefined = undefined;

  override send(frame: Frame): void {
    if (this.trouble !== undefined) throw this.trouble;
    this.frames.push(frame);
  }
}

export class Client {
  readonly connection: KeepingConnection;
  readonly #vsn: 1 | 2;
  #ref = 0;

  constructor(
    endpoint: Endpoint,
    socket: SocketDefinition,
    { vsn = 2, assigns = {} }: { vsn?: 1 | 2; assigns?: object } = {},
  ) {
    this.#vsn = vsn;
    this.connection = new KeepingConnection({ received: () => {}, closed: () => {} });
    const processes = new Set<SocketProcess>();
    const environment = { endpoint, pubsub: endpoint.pubsub, path: "/socket", socket: socket.spec, processes };
    const admission = { codec: vsn === 1 ? v1Server : v2Server, assigns: assigns as Record<string, unknown>, id: null };
    this.connection.start(new SocketProcess({ ...environment, work: { running: 0 } }, admission, this.connection));
  }

  /** Sends a message with the `join_ref` "1", unless it is said. Gives its ref. */
  send(topic: string, event: string, payload: unknown = {}, joinRef = "1"): string {
    const ref = event === "phx_join" ? joinRef : `r${++this.#ref}`;
    const text =
      this.#vsn === 1
        ? JSON.stringify({ topic, event, payload, ref, join_ref: joinRef })
        : v2Client.encode({ joinRef, ref, topic, event, payload });
    this.connection.receive(text);
    return ref;
  }

  /** What came since the last look, decoded. */
  received(): Message[] {
    return this.connection.frames.splice(0).map(({ data }) => {
      if (this.#vsn === 2) return v2Client.decode(data);
      const { topic, event, payload, ref } = JSON.parse(data as string) as Message;
      return { joinRef: null, ref, topic, event, payload };
    });
  }

  /** The same in short: `phx_reply ok {"a":1}`, `news {"n":2}`. */
  told(): string[] {
    return this.received().map(({ event, payload }) => {
      if (event !== "phx_reply") return `${event} ${show(payload)}`;
      const { status, response } = payload as { status: string; response: unknown };
      return `${status} ${show(response)}`;
    });
  }

  /** Joins and forgets the reply. */
  async join(topic: string, params: object = {}): Promise<void> {
    this.send(topic, "phx_join", params);
    await turn();
    this.connection.frames.splice(0);
  }
}

const show = (value: unknown): string =>
  value instanceof Uint8Array ? `bytes ${[...value].join()}` : (JSON.stringify(value) ?? "nothing");
