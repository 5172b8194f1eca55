/**
 * `wingbeat/pubsub/nats`: nodes connected through NATS, with `@nats-io/transport-node` or `@nats-io/nats-core` over
 * WebSocket. Core NATS only: no JetStream.
 *
 * All nodes subscribe to one subject for broadcasts, `<namespace>.all`, and each to one of its own,
 * `<namespace>.node.<name in base64url>`. Messages larger than the server's `max_payload` go in parts.
 *
 * @example
 * natsAdapter({ connect: () => connect({ servers: "nats://127.0.0.1" }) })
 */
import { onRejection } from "../../awaitable.ts";
import { WingbeatError } from "../../errors.ts";
import { checkKeys } from "../../options.ts";
import type { PubSubAdapter } from "../adapter.ts";
import type { Engine, EngineConnection, EngineEvents, Parcel } from "../remote/engine.ts";
import { ENGINE_OPTIONS, engineAdapter, namespaceOf } from "../remote/engine-adapter.ts";
import type { EngineOptions } from "../remote/engine-adapter.ts";

export type { EngineOptions } from "../remote/engine-adapter.ts";

/** The part of a NATS connection that is used. */
export interface NatsClient {
  readonly info?: { readonly max_payload: number };
  publish(subject: string, payload: Uint8Array): void;
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message?: { readonly data: Uint8Array }) => void },
  ): unknown;
  flush(): Promise<void>;
  status(): AsyncIterable<{ readonly type: string; readonly error?: unknown }>;
  closed(): Promise<unknown>;
  close(): Promise<void>;
}

export interface NatsAdapterOptions extends EngineOptions {
  /**
   * Connects. Called each time the adapter connects; the adapter closes the connection. Leave the library's options
   * `noEcho` and `waitOnFirstConnect` off: the adapter must receive its own messages, and retries by itself.
   */
  readonly connect: () => Promise<NatsClient>;
}

/** Adapter over NATS. Throws `WB_OPTION`. */
export function natsAdapter(options: NatsAdapterOptions): PubSubAdapter {
  checkKeys("natsAdapter", options, [...ENGINE_OPTIONS, "connect"]);
  if (typeof options.connect !== "function") {
    throw new WingbeatError(
      "WB_OPTION",
      "natsAdapter.connect must be a function: connect: () => connect({ servers }).",
    );
  }
  return engineAdapter("natsAdapter", natsEngine(namespaceOf("natsAdapter", options), options.connect), options);
}

function natsEngine(namespace: string, connect: () => Promise<NatsClient>): Engine {
  const toAll = `${namespace}.all`;
  const toNode = (nodeName: string): string => `${namespace}.node.${Buffer.from(nodeName).toString("base64url")}`;
  const subjectOf = ({ node }: Parcel): string => (node === undefined ? toAll : toNode(node));
  return {
    name: "nats",
    advice: `check that its user may publish and subscribe to "${namespace}.>", and that noEcho is off`,
    streams: 1,
    parallel: 8,
    connect: (nodeName, events) =>
      new NatsConnection(Promise.resolve(connect()), [toAll, toNode(nodeName)], subjectOf, events),
  };
}

class NatsConnection implements EngineConnection {
  readonly ready: Promise<void>;
  readonly #connecting: Promise<NatsClient>;
  readonly #lost: (error: unknown) => void;
  readonly #subjectOf: (parcel: Parcel) => string;
  #client: NatsClient | undefined = undefined;

  constructor(
    connecting: Promise<NatsClient>,
    subjects: readonly string[],
    subjectOf: (parcel: Parcel) => string,
    events: EngineEvents,
  ) {
    this.#connecting = connecting;
    this.#lost = (error) => events.lost(error);
    this.#subjectOf = subjectOf;
    this.ready = this.#open(subjects, events);
  }

  get maxBytes(): number {
    return this.#client?.info?.max_payload ?? Infinity;
  }

  async send(parcels: readonly Parcel[]): Promise<void> {
    const client = this.#client as NatsClient;
    for (const parcel of parcels) onRejection(client.publish(this.#subjectOf(parcel), parcel.bytes), this.#lost);
    // NATS does not confirm published messages, but answers this after all of them.
    await client.flush();
  }

  async close(): Promise<void> {
    await (await this.#connecting).close();
  }

  async #open(subjects: readonly string[], events: EngineEvents): Promise<void> {
    const client = await this.#connecting;
    this.#client = client;
    const callback = (error: Error | null, message?: { readonly data: Uint8Array }): void => {
      if (error === null && message !== undefined) events.receive(message.data);
      else events.lost(error ?? new Error("the NATS client delivered no message"));
    };
    for (const subject of subjects) onRejection(client.subscribe(subject, { callback }), this.#lost);
    this.#watch(client, events).catch((error: unknown) => events.lost(error));
    await client.flush();
  }

  /** The library would reconnect and resend by itself. Here a disconnect closes a client, and a new one is created. */
  async #watch(client: NatsClient, events: EngineEvents): Promise<void> {
    for await (const { type, error } of await client.status()) {
      if (type === "error") events.lost(error);
      else if (type === "disconnect") events.lost(new Error("NATS closed the connection"));
    }
    events.lost((await client.closed()) ?? new Error("the NATS connection was closed"));
  }
}
