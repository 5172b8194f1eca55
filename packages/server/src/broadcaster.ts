/**
 * `createBroadcaster`: sends to channels from a process without an endpoint, such as a worker, a job or a script. It has
 * no sockets and no port: the PubSub adapter carries what it sends to the endpoints.
 */
import { checkOptions, CLOSE_TIMEOUT, READY_TIMEOUT } from "./broadcaster/options.ts";
import type { BroadcasterOptions, Reach } from "./broadcaster/options.ts";
import { Watch } from "./broadcaster/watch.ts";
import { ChannelEndpoint } from "./channel/endpoint.ts";
import type { Contracted, EndpointContract } from "./channel/endpoint.ts";
import { historySetup } from "./channel/history-setup.ts";
import type { PublishEventOptions, TransactionOptions } from "./channel/record.ts";
import { WingbeatError } from "./errors.ts";
import { checkTimeout } from "./options.ts";
import { parsePattern } from "./pattern.ts";
import { PubSub } from "./pubsub.ts";
import type { Dispatch, Position } from "./pubsub.ts";
import { INSPECTOR } from "./pubsub/inspector-mail.ts";
import { ROLL_CALL } from "./pubsub/roll-call.ts";
import type { TopicsIn } from "./socket.ts";
import { startLogger } from "./telemetry/logger.ts";

export type { BroadcasterOptions, Reach } from "./broadcaster/options.ts";

/** Sends to channels; it receives nothing. Made by {@link createBroadcaster}. */
export interface Broadcaster<Contract extends EndpointContract = EndpointContract>
  extends
    Contracted<Contract>,
    Pick<
      ChannelEndpoint<Contract>,
      | "broadcast"
      | "broadcastUnchecked"
      | "publish"
      | "publishUnchecked"
      | "history"
      | "historyUnchecked"
      | "position"
      | "clearHistory"
      | "command"
      | "commandUnchecked"
      | "disconnect"
      | "pubsub"
    > {
  /** The names of the endpoints that have answered since the engine was last connected. */
  readonly nodes: readonly string[];

  /**
   * Resolves when an endpoint has answered. Rejects with `WB_UNREACHABLE` after `timeout` ms (default 10,000): the
   * message says whether the engine is away, or no endpoint is there. Sending does not need it: what is sent before waits
   * for the connection.
   */
  ready(options?: { readonly timeout?: number }): Promise<void>;

  /**
   * Waits until the engine has what was sent, for `timeout` ms at the most (default 5,000), and disconnects. Nothing can
   * be sent afterwards. Says what was lost, and which endpoints were there.
   */
  close(options?: { readonly timeout?: number }): Promise<Reach>;
}

class AnyBroadcaster extends ChannelEndpoint implements Broadcaster {
  readonly #watch: Watch;
  readonly #stopLogger: () => void;
  #closing: Promise<Reach> | undefined = undefined;

  constructor({ pubsub, channels = [], history, logger = true }: BroadcasterOptions) {
    const routes = channels.map(({ spec }) => ({ pattern: parsePattern(spec.pattern), channel: spec }));
    super(new PubSub({ adapter: pubsub, dispatchers: DISPATCHERS, history: historySetup([routes], pubsub, history) }));
    this.#stopLogger = startLogger(this, logger, []);
    this.#watch = new Watch(this, this.pubsub);
  }

  get nodes(): readonly string[] {
    return this.#watch.nodes;
  }

  override broadcastUnchecked(topic: string, event: string, payload: object): void {
    this.#requireOpen();
    super.broadcastUnchecked(topic, event, payload);
  }

  override publishUnchecked(topic: string, event: string, payload: object, o: TransactionOptions): Promise<void>;
  override publishUnchecked(topic: string, event: string, payload: object, o?: PublishEventOptions): Promise<Position>;
  override publishUnchecked(
    topic: string,
    event: string,
    payload: object,
    options?: PublishEventOptions | TransactionOptions,
  ): Promise<Position | void> {
    this.#requireOpen();
    return super.publishUnchecked(topic, event, payload, options as PublishEventOptions);
  }

  override commandUnchecked(topic: string, command: string, payload: object): void {
    this.#requireOpen();
    super.commandUnchecked(topic, command, payload);
  }

  async ready({ timeout = READY_TIMEOUT }: { readonly timeout?: number } = {}): Promise<void> {
    checkTimeout("ready: timeout", timeout);
    this.#requireOpen();
    if (await this.#watch.answered(timeout)) return;
    throw new WingbeatError("WB_UNREACHABLE", `the broadcaster reaches nobody: ${this.#watch.reason}`);
  }

  close({ timeout = CLOSE_TIMEOUT }: { readonly timeout?: number } = {}): Promise<Reach> {
    checkTimeout("close: timeout", timeout);
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  async #close(timeout: number): Promise<Reach> {
    const startedAt = performance.now();
    await this.pubsub.flush(timeout);
    // A short job is done before the first endpoint has answered.
    await this.#watch.lastAnswer(timeout - (performance.now() - startedAt));
    const { nodes } = this;
    this.#watch.stop();
    await this.pubsub.stop();
    this.#stopLogger();
    return { nodes, lost: this.pubsub.status().lost };
  }

  #requireOpen(): void {
    if (this.#closing === undefined) return;
    throw new WingbeatError("WB_ENDPOINT_STATE", "the broadcaster is closed: create a new one.");
  }
}

const ignore: Dispatch = () => {};
/** What endpoints send each other is not for this process. */
const DISPATCHERS: Readonly<Record<string, Dispatch>> = Object.fromEntries(
  ["fastlane", "news", "commands", "disconnect", ROLL_CALL, INSPECTOR].map((name) => [name, ignore]),
);

/** The topics of a socket, of a union of sockets, of a record of sockets by path, or of an endpoint. */
type TopicsFor<Sockets> = [Sockets] extends [Contracted<infer Contract>]
  ? Contract
  : [Sockets] extends [{ readonly "~contract": unknown }]
    ? TopicsIn<{ readonly socket: Sockets }>
    : TopicsIn<Sockets>;

/**
 * Creates a broadcaster, which connects at once. What is sent before it is connected waits for the connection. The type
 * argument says what may be sent: a socket, a union of sockets, or an endpoint; without it, everything may. Throws
 * `WB_OPTION`.
 *
 * @example
 * const jobs = createBroadcaster<typeof userSocket>({ pubsub: redisAdapter({ connect }) });
 * jobs.broadcast("room:42", "new_msg", message);
 * const { lost } = await jobs.close();
 */
export function createBroadcaster<Sockets = never>(
  options: BroadcasterOptions,
): Broadcaster<[Sockets] extends [never] ? EndpointContract : TopicsFor<Sockets>>;
export function createBroadcaster(options: BroadcasterOptions): Broadcaster {
  checkOptions(options);
  return new AnyBroadcaster(options);
}
