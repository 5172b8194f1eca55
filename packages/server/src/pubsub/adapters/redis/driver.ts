/** One interface for both client libraries. */

/**
 * The part of ioredis (`Redis` or `Cluster`) that is used: it connects by itself, and passes all messages to one
 * listener.
 */
export interface IoRedisClient {
  readonly status: string;
  connect(): Promise<unknown>;
  disconnect(): void;
  publish(channel: string, message: Buffer): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  spublish(channel: string, message: Buffer): Promise<unknown>;
  ssubscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

/**
 * The part of node-redis (client or cluster) that is used: it must be told to connect, and takes a listener per
 * channel.
 */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  publish(channel: string, message: Buffer): Promise<unknown>;
  subscribe(channels: string[], listener: (message: Buffer) => unknown, bufferMode: true): Promise<unknown>;
  sPublish(channel: string, message: Buffer): Promise<unknown>;
  sSubscribe(channels: string[], listener: (message: Buffer) => unknown, bufferMode: true): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

export type RedisClient = IoRedisClient | NodeRedisClient;

/** One client of either library. */
export interface RedisDriver {
  open(): Promise<unknown>;
  publish(channel: string, message: Buffer, isSharded: boolean): Promise<unknown>;
  /** Connects, and resolves when Redis has confirmed all subscriptions. */
  subscribe(channels: readonly string[], receive: (message: Buffer) => void, isSharded: boolean): Promise<unknown>;
  /** May throw or reject if it is already closed. */
  close(): unknown;
}

/**
 * Both libraries reconnect and resend by themselves. Here the first error closes a client, and a new one is created.
 */
export function redisDriver(client: RedisClient, lost: (error: unknown) => void): RedisDriver {
  client.on("error", lost);
  client.on("end", () => lost(new Error("Redis closed the connection")));
  return "isOpen" in client ? nodeRedis(client) : ioRedis(client, lost);
}

function ioRedis(client: IoRedisClient, lost: (error: unknown) => void): RedisDriver {
  client.on("close", () => lost(new Error("Redis closed the connection")));
  const open = async (): Promise<unknown> => (client.status === "wait" ? client.connect() : undefined);
  return {
    open,
    publish: (channel, message, isSharded) =>
      isSharded ? client.spublish(channel, message) : client.publish(channel, message),
    async subscribe(channels, receive, isSharded) {
      client.on(isSharded ? "smessageBuffer" : "messageBuffer", (_channel, message) => receive(message as Buffer));
      await open();
      // One at a time: in a cluster, all channels of one command must be in the same slot.
      if (isSharded) await Promise.all(channels.map((channel) => client.ssubscribe(channel)));
      else await client.subscribe(...channels);
    },
    close: () => client.disconnect(),
  };
}

function nodeRedis(client: NodeRedisClient): RedisDriver {
  return {
    open: async () => client.connect(),
    publish: (channel, message, isSharded) =>
      isSharded ? client.sPublish(channel, message) : client.publish(channel, message),
    async subscribe(channels, receive, isSharded) {
      await client.connect();
      if (isSharded) await Promise.all(channels.map((channel) => client.sSubscribe([channel], receive, true)));
      else await client.subscribe([...channels], receive, true);
    },
    // A client that is already closed would throw.
    close: () => (client.isOpen ? client.destroy() : undefined),
  };
}
