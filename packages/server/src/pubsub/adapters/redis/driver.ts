/** One interface for both client libraries. */

/**
 * The part of ioredis (`Redis` or `Cluster`) that is used: it connects by itself, and passes all messages to one
 * listener.
 */
export interface IoRedisClient {
  readonly status: string;
  readonly isCluster?: boolean;
  readonly options?: object;
  connect(): Promise<unknown>;
  disconnect(): void;
  publish(channel: string, message: Buffer): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  spublish(channel: string, message: Buffer): Promise<unknown>;
  ssubscribe(...channels: string[]): Promise<unknown>;
  /** With replies as bytes. */
  callBuffer(command: string, ...args: (string | Buffer | number)[]): Promise<unknown>;
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
  /** With replies as bytes: strings have type 36. */
  withTypeMapping(mapping: { 36: typeof Buffer }): NodeRedisScripts;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The part of node-redis that runs scripts. */
export interface NodeRedisScripts {
  eval(script: string, options: ScriptOptions): Promise<unknown>;
  evalSha(sha: string, options: ScriptOptions): Promise<unknown>;
}

interface ScriptOptions {
  keys: string[];
  arguments: (string | Buffer)[];
}

export type RedisClient = IoRedisClient | NodeRedisClient;

/** A script of Redis, and the hash by which Redis knows it once it has run. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** One client of either library. */
export interface RedisDriver {
  open(): Promise<unknown>;
  publish(channel: string, message: Buffer, isSharded: boolean): Promise<unknown>;
  /** Connects, and resolves when Redis has confirmed all subscriptions. */
  subscribe(channels: readonly string[], receive: (message: Buffer) => void, isSharded: boolean): Promise<unknown>;
  /** Runs a script. The answer has `Buffer` for strings. */
  run(script: Script, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown>;
  /** May throw or reject if it is already closed. */
  close(): unknown;
}

/**
 * Both libraries reconnect and resend by themselves. Here the first error closes a client, and a new one is created.
 */
function redisDriver(client: RedisClient, lost: (error: unknown) => void): RedisDriver {
  client.on("error", lost);
  client.on("end", () => lost(new Error("Redis closed the connection")));
  return "isOpen" in client ? nodeRedis(client) : ioRedis(client, lost);
}

/** One client sends and one subscribes. If the second cannot be created, the first must be closed. */
export function redisDrivers(connect: () => RedisClient, lost: (error: unknown) => void): [RedisDriver, RedisDriver] {
  const sender = redisDriver(connect(), lost);
  try {
    return [sender, redisDriver(connect(), lost)];
  } catch (error) {
    (async () => sender.close())().catch(() => {});
    throw error;
  }
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
    run(script, keys, args) {
      // A cluster would send again what may have run, and not say so.
      if (client.isCluster === true) Object.assign(client.options ?? {}, { retryDelayOnFailover: 0 });
      return runScript(
        () => client.callBuffer("evalsha", script.sha, keys.length, ...keys, ...args),
        () => client.callBuffer("eval", script.text, keys.length, ...keys, ...args),
      );
    },
    close: () => client.disconnect(),
  };
}

/** Redis knows a script by its hash once it has run; a restart or failover makes it forget. */
async function runScript(known: () => Promise<unknown>, whole: () => Promise<unknown>): Promise<unknown> {
  try {
    return await known();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("NOSCRIPT")) return whole();
    throw error;
  }
}

function nodeRedis(client: NodeRedisClient): RedisDriver {
  let scripts: NodeRedisScripts | undefined = undefined;
  return {
    async run(script, keys, args) {
      const withBuffers = (scripts ??= client.withTypeMapping({ 36: Buffer }));
      const options = { keys: [...keys], arguments: [...args] };
      return runScript(
        () => withBuffers.evalSha(script.sha, options),
        () => withBuffers.eval(script.text, options),
      );
    },
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
