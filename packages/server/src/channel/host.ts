/** What a channel process needs of the session that owns it. The session implements it; a test may, too. */
import type { ServerCodec } from "@wingbeat/protocol";
import type { PubSub } from "../pubsub.ts";
import type { Connection } from "../transports/transport.ts";
import type { ChannelEndpoint } from "./context.ts";

/** A channel process, as far as its session must know it from here. */
interface HostedChannel {
  readonly topic: string;
}

export interface ChannelHost {
  readonly id: string | null;
  readonly connection: Connection;
  readonly codec: ServerCodec;
  readonly pubsub: PubSub;
  readonly endpoint: ChannelEndpoint;
  /** How many messages may wait for a busy channel: of the client, and apart from these, of all others. */
  readonly mailboxLimit: number;
  /** Milliseconds after which a callback that has not settled is reported. */
  readonly slowCallback: number;
  /** Bytes of memory that messages of the client may take while they wait, on all channels of the connection. */
  readonly mailboxBytes: number;
  /** How many topics a channel may subscribe to, and how many of its timers may run. */
  readonly maxSubscriptions: number;
  readonly maxTimers: number;
  /** Who it is, for telemetry. */
  describe(): { endpoint: object; path: string; id: string | null; transport: string };
  /** A channel has `waiting` messages and takes no more: stop reading from the client. */
  pause(topic: string, waiting: number): void;
  /** It has room again. */
  resume(topic: string, waiting: number): void;
  /** Messages of the client that take so many bytes of memory wait now; no longer, when negative. */
  waits(topic: string, bytes: number): void;
  /** What the client sent made the server send so many bytes to others: they count against its rate. */
  spend(bytes: number): void;
  /** An async callback has begun: what the client is owed is not all sent. */
  began(): void;
  /** It is done, and what it returned is sent. */
  ended(): void;
  /** The process has ended: its topic is free. */
  forget(process: HostedChannel): void;
}
