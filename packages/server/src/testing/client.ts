/** A connected test client: a real socket process over a connection in memory. */
import { randomBytes } from "node:crypto";
import { ACK, CloseCode, DISCONNECT, JOIN, PHOENIX_TOPIC, REFRESH, REFUSED, REPLY, v2Client } from "@wingbeat/protocol";
import type { FrameData, Message, SocketContract } from "@wingbeat/protocol";
import type { Endpoint } from "../endpoint.ts";
import { WingbeatError } from "../errors.ts";
import { checkCount } from "../options.ts";
import type { Admission } from "../socket/process.ts";
import type { MemoryClient, MemoryConnection } from "../transports/memory.ts";
import { TestChannel } from "./channel.ts";
import type { ChannelClient } from "./channel.ts";
import type { ChannelOf, FrameworkError, Topics } from "./contract.ts";
import { Inbox } from "./inbox.ts";
import { show } from "./match.ts";
import type { JoinFrom } from "./recovery.ts";
import { encodeQuery } from "./query.ts";

/** The answer to a join. */
export type JoinAnswer<Channel extends ChannelOf<SocketContract, string>> =
  | {
      readonly status: "ok";
      readonly response: Extract<Channel["join"]["reply"], { readonly status: "ok" }>["response"];
      readonly channel: TestChannel<Channel>;
    }
  | {
      readonly status: "error";
      readonly response: Extract<Channel["join"]["reply"], { readonly status: "error" }>["response"] | FrameworkError;
      /** What `join` threw, when it crashed. */
      readonly error: unknown;
    };

/** The code of a connection that ends without a close frame. */
const LOST = 1006;

/** How a connection was closed. */
interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** The third argument of `join` and `subscribeAndJoin`. A number: only `timeout`. */
export interface JoinOptions extends JoinFrom {
  /** How long to wait for the answer, in ms. Default: that of the kit. */
  readonly timeout?: number;
}

/** What a client needs of its kit. */
export interface ClientKit<Client> {
  readonly endpoint: Endpoint;
  /** How long assertions wait, in ms. */
  readonly timeout: number;
  /** Whether the client asks for what it has missed, as `@wingbeat/client` does. */
  readonly recovers: boolean;
  /** Connects the client again. Rejects when it is refused. */
  connectAgain(client: Client): Promise<void>;
}

/** A connected client: made by `kit.connect`, or by `kit.socket`, which does not run `connect`. */
export class TestClient<Contract extends SocketContract = SocketContract> implements ChannelClient, MemoryClient {
  readonly timeout: number;
  readonly #kit: ClientKit<TestClient<Contract>>;
  /** @internal Names it in its joins. */
  readonly session = randomBytes(16).toString("base64url");
  #admission: Pick<Admission, "id" | "assigns">;
  #path: string;
  #connection: MemoryConnection | undefined = undefined;
  readonly #channels: TestChannel[] = [];
  readonly #channelByRef = new Map<string, TestChannel>();
  readonly #joinRefs = new Map<TestChannel, string>();
  readonly #params = new Map<TestChannel, unknown>();
  readonly #closings = new Inbox<Closing>(() => undefined);
  /** Messages of the connection itself, on topic `phoenix`. */
  readonly #ofConnection = new Inbox<Message>(() => this.describeClose());
  #closing: Closing | undefined = undefined;
  #ref = 0;
  /** How many more messages are lost before the connection is. Undefined: none is lost. */
  #toLose: number | undefined = undefined;

  /** @internal Made by `connect` and `socket` of the kit. */
  constructor(kit: ClientKit<TestClient<Contract>>, path: string, admission: Pick<Admission, "id" | "assigns">) {
    this.#kit = kit;
    this.#path = path;
    this.#admission = admission;
    this.timeout = kit.timeout;
  }

  /** The socket's id, or null. */
  get id(): string | null {
    return this.#admission.id;
  }

  /** What `connect` assigned. */
  get assigns(): Readonly<Record<string, unknown>> {
    return this.#admission.assigns;
  }

  /** @internal It is accepted once more. */
  admitted(path: string, admission: Pick<Admission, "id" | "assigns">): void {
    this.#path = path;
    this.#admission = admission;
    this.#closing = undefined;
    this.#toLose = undefined;
  }

  /** @internal The client is connected. */
  start(connection: MemoryConnection): this {
    this.#connection = connection;
    return this;
  }

  /**
   * Loses the next messages of the server to this client, as a connection does that is cut: the server does not know it, and
   * what comes later is lost as well. With the last of them the connection is gone (1006). See {@link reconnect}.
   */
  loseMessages(count: number): void {
    checkCount("loseMessages", count);
    this.#toLose = count;
  }

  #lose(toLose: number): void {
    this.#toLose = toLose - 1;
    // Within what the server is doing it cannot be told.
    if (toLose === 1) queueMicrotask(() => this.#connection?.close(LOST, ""));
  }

  /**
   * Connects again, as clients do when their connection is lost: `connect` and `id` run, with the same params, and then the
   * joins of all channels that were joined, with the same params and from the positions where the channels stand. An open
   * connection is cut first. Assertions go on with the same channels. Rejects with `WB_ASSERTION` when the connection or a
   * join is refused.
   */
  async reconnect(timeout = this.timeout): Promise<void> {
    this.#toLose = 0;
    this.#connection?.close(LOST, "");
    const rejoined = this.#channels.filter(({ isRejoined }) => isRejoined);
    await this.#kit.connectAgain(this);
    for (const channel of rejoined) {
      channel.rejoining();
      const { status, response } = await this.#join(channel, this.#params.get(channel), {}, timeout);
      if (status === "ok") continue;
      throw new WingbeatError(
        "WB_ASSERTION",
        `reconnect: the join of "${channel.topic}" was refused with ${show(response)}.`,
      );
    }
  }

  /** @internal A frame of the server. */
  received(data: FrameData): void {
    if (this.#toLose !== undefined) return this.#lose(this.#toLose);
    const message = v2Client.decode(data);
    if (message.topic === PHOENIX_TOPIC) this.#receivedOfConnection(message);
    this.#channelFor(message)?.received(message);
  }

  #receivedOfConnection(message: Message): void {
    if (message.event === ACK) this.#connection?.receive(v2Client.encode(message));
    else this.#ofConnection.add(message);
  }

  /** @internal The connection has ended. */
  closed(code: number, reason: string): void {
    this.#closing = { code, reason };
    this.#closings.add(this.#closing);
  }

  /**
   * Joins a topic. Returns the server's answer, accepted or refused; rejects without an answer within `timeout` ms. On a
   * topic with a history, `since` and `rewind` ask for what was sent before.
   */
  async join<Topic extends Topics<Contract>>(
    topic: Topic,
    params?: ChannelOf<Contract, Topic>["join"]["in"],
    options: number | JoinOptions = {},
  ): Promise<JoinAnswer<ChannelOf<Contract, Topic>>> {
    const { timeout, ...from } = this.#optionsOf(options);
    return (await this.#join(new TestChannel(this, topic), params, from, timeout)) as never;
  }

  /** Joins a topic, subscribes to its broadcasts for `assertBroadcast`, and returns the channel. Rejects when refused. */
  async subscribeAndJoin<Topic extends Topics<Contract>>(
    topic: Topic,
    params?: ChannelOf<Contract, Topic>["join"]["in"],
    options: number | JoinOptions = {},
  ): Promise<TestChannel<ChannelOf<Contract, Topic>>> {
    const channel = new TestChannel(this, topic);
    const { timeout, ...from } = this.#optionsOf(options);
    const { endpoint } = this.#kit;
    channel.listen((receiver) => {
      const subscription = endpoint.subscribe(topic, receiver);
      return { subscription, broadcastFrom: (...message) => endpoint.broadcastFrom(subscription, ...message) };
    });
    const answer = await this.#join(channel, params, from, timeout).catch((error: unknown) => {
      channel.forget();
      throw error;
    });
    if (answer.status === "ok") return answer.channel as never;
    channel.forget();
    throw new WingbeatError(
      "WB_ASSERTION",
      `subscribeAndJoin("${topic}"): the join was refused with ${show(answer.response)}.`,
      answer.error === undefined ? {} : { cause: answer.error },
    );
  }

  /**
   * Renews the login, as `@wingbeat/client` does before it ends: `connect` runs again, with these params, and the channels
   * decide in `reauthorize`. Returns the answer: `ok`, `error` when it failed, or `refused` with the reason, after which
   * the connection is closed. For clients that connected with `extensions: true`, and whose login ends.
   */
  async refresh(
    params: object = {},
    authToken?: string,
    timeout = this.timeout,
  ): Promise<{ readonly status: string; readonly response: unknown }> {
    const ref = String(++this.#ref);
    const payload = { query: encodeQuery({ vsn: "2.0.0", ...params }), token: authToken ?? null };
    this.#connection?.receive(v2Client.encode({ joinRef: null, ref, topic: PHOENIX_TOPIC, event: REFRESH, payload }));
    const answer = await this.#ofConnection.take(
      (message) => (message.event === REPLY && message.ref === ref) || message.event === REFUSED,
      timeout,
      {
        assertion: "refresh",
        expected: "an answer to the renewed login",
        describe: ({ event, payload: found }) => `${event} ${show(found)}`,
      },
    );
    const found = answer.payload as { readonly status: string; readonly response: unknown; readonly reason?: unknown };
    return answer.event === REPLY ? found : { status: "refused", response: found.reason };
  }

  /**
   * Closes all connections with this client's id, with the broadcast that an application would send. {@link reconnect}
   * connects this client again.
   */
  disconnect(): void {
    if (this.id === null) {
      throw new WingbeatError("WB_ASSERTION", "disconnect: the client has no id.");
    }
    this.#kit.endpoint.broadcast(this.id, DISCONNECT, {});
  }

  /** Closes the connection as the client: its channels end with reason `closed`. */
  close(): void {
    this.#connection?.close(CloseCode.normal, "");
  }

  /** Waits until the connection is closed, by either side. Returns close code and reason. */
  async assertClosed(code?: CloseCode | typeof LOST, timeout = this.timeout): Promise<Closing> {
    return this.#closings.take((closing) => code === undefined || closing.code === code, timeout, {
      assertion: `assertClosed(${code ?? ""})`,
      expected: `the connection is closed${code === undefined ? "" : ` with ${code}`}`,
      describe: (closing) => `the connection is closed with ${closing.code} ${closing.reason}`,
    });
  }

  /** @internal */
  send(channel: TestChannel, event: string, payload: unknown, extension?: unknown): string {
    const ref = String(++this.#ref);
    this.#channelByRef.set(ref, channel);
    if (event === JOIN) {
      this.#joinRefs.set(channel, ref);
      if (!this.#channels.includes(channel)) this.#channels.push(channel);
    }
    this.#write(channel, ref, event, payload, extension);
    return ref;
  }

  /** @internal */
  cast(channel: TestChannel, event: string, payload: unknown): void {
    this.#write(channel, null, event, payload);
  }

  #write(channel: TestChannel, ref: string | null, event: string, payload: unknown, extension?: unknown): void {
    const joinRef = this.#joinRefs.get(channel) ?? null;
    this.#connection?.receive(v2Client.encode({ joinRef, ref, topic: channel.topic, event, payload, extension }));
  }

  /** @internal */
  describeClose(): string | undefined {
    return this.#closing === undefined
      ? undefined
      : `the connection is closed: ${this.#closing.code} ${this.#closing.reason}`.trimEnd();
  }

  /** @internal A callback has crashed: that of the join under way, or of the oldest channel there. */
  crashed(topic: string, callback: string, error: unknown): void {
    const onTopic = this.#channels.filter((channel) => channel.topic === topic);
    const channel = callback === "join" ? onTopic.at(-1) : (onTopic.find(({ isOver }) => !isOver) ?? onTopic.at(-1));
    channel?.crashed(error);
  }

  /** @internal A channel has ended, on the connection with this path: the oldest on its topic. */
  terminated(path: string, topic: string, reason: string): void {
    const isPast = path !== this.#path;
    this.#channels.find((channel) => channel.topic === topic && !channel.isOver)?.ended(reason, isPast);
  }

  /** @internal The kit is being closed. */
  forget(): void {
    this.#connection?.close(CloseCode.normal, "");
    for (const channel of this.#channels) channel.forget();
  }

  async #join(
    channel: TestChannel,
    params: unknown,
    from: JoinFrom,
    timeout: number,
  ): Promise<JoinAnswer<ChannelOf<SocketContract, string>>> {
    this.#params.set(channel, params);
    const extension = this.#kit.recovers ? channel.request(this.session, from) : undefined;
    const ref = this.send(channel, JOIN, params ?? {}, extension);
    try {
      const { status, response } = await channel.assertJoin(ref, timeout);
      if (status === "ok") {
        channel.response = response as never;
        return { status: "ok", response: response as never, channel };
      }
      this.#drop(channel);
      return { status: "error", response: response as never, error: channel.error };
    } catch (error) {
      this.#drop(channel);
      throw error;
    }
  }

  #optionsOf(options: number | JoinOptions): JoinOptions & { readonly timeout: number } {
    const { timeout = this.timeout, ...from } = typeof options === "number" ? { timeout: options } : options;
    return { ...from, timeout };
  }

  #drop(channel: TestChannel): void {
    this.#channels.splice(this.#channels.indexOf(channel), 1);
  }

  /** By join_ref; replies without one by their ref; broadcasts go to the last channel of the topic. */
  #channelFor({ joinRef, ref, topic, event }: Message): TestChannel | undefined {
    if (event === REPLY) return this.#channelByRef.get(ref ?? "");
    return this.#channels.findLast(
      (channel) => channel.topic === topic && (joinRef === null || this.#joinRefs.get(channel) === joinRef),
    );
  }
}
