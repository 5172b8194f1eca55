/** What a channel process needs of the socket process that owns it. The socket process implements it; a test may, too. */
import type { ServerCodec } from "@wingbeat/protocol";
import type { PubSub } from "../pubsub.ts";
import type { Connection } from "../transports/connection.ts";
import type { ChannelEndpoint } from "./endpoint.ts";

/** A channel process, as far as its socket process must know it from here. */
interface HostedChannel {
  readonly topic: string;
}

/** Something that holds messages back for a client that is behind. */
export interface Holder {
  caughtUp(): void;
}

/** Whether the client keeps up. */
export interface Pace {
  readonly isBehind: boolean;
  /** A message that could have been dropped was sent. */
  sent(): void;
  /** Calls `caughtUp` once, when the client is not behind any more, unless the holder is forgotten before. */
  await(holder: Holder): void;
  forget(holder: Holder): void;
}

/** A client, for telemetry. */
export interface ClientSource {
  readonly endpoint: object;
  /** Of the mount. */
  readonly path: string;
  readonly id: string | null;
  readonly transport: string;
}

/** A channel, for telemetry. */
export interface ChannelSource extends ClientSource {
  readonly topic: string;
  readonly pattern: string;
}

export interface ChannelHost {
  readonly id: string | null;
  /** Names the mount in what is remembered of its clients: the same on all nodes. */
  readonly mount: string;
  readonly connection: Connection;
  readonly codec: ServerCodec;
  /** The client understands Wingbeat's own messages (PROTOCOL.md, section 15): events `wb_…` on topic `phoenix`. */
  readonly extensions: boolean;
  readonly pubsub: PubSub;
  readonly endpoint: ChannelEndpoint;
  /** How many messages may wait for a busy channel: of the client, and apart from these, of all others. */
  readonly maxMailboxMessages: number;
  /** Milliseconds after which a callback that has not settled is reported. */
  readonly slowCallback: number;
  /** Bytes of memory that messages of the client may take while they wait, on all channels of the connection. */
  readonly maxMailboxBytes: number;
  /** Asked for only when something may be dropped. */
  readonly pace: Pace;
  /** Bytes that were sent and wait for the client: in the process and, as far as is known, on the way to it. */
  readonly bufferedBytes: number;
  /** For how many keys a channel may hold the newest message back. */
  readonly maxConflatedKeys: number;
  /** How many topics a channel may subscribe to, and how many of its timers and tasks may run. */
  readonly maxSubscriptions: number;
  readonly maxTimers: number;
  readonly maxTasks: number;
  /** Who it is, for telemetry. */
  describe(): ClientSource;
  /** A channel has `waiting` messages and its mailbox is full: stop reading from the client. */
  pause(topic: string, waiting: number): void;
  /** It has room again. */
  resume(topic: string, waiting: number): void;
  /** This many more bytes of memory are taken by waiting messages of the client; fewer, when negative. */
  waits(topic: string, bytes: number): void;
  /** A message of the client made the server send this many bytes to others: they count against its rate. */
  spend(bytes: number): void;
  /** An async callback has started: replies are pending. */
  began(): void;
  /** It is done, and its reply is sent. */
  ended(): void;
  /** Closes the connection with 1001. */
  disconnect(reason: string): void;
  /** A task beside the mailbox has started. A drain does not wait for it before its channel ends, but then it does. */
  taskBegan(): void;
  taskEnded(): void;
  /** The process has ended: its topic is free. */
  forget(process: HostedChannel): void;
}
