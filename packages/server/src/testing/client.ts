/** A connected test client: a real socket process over a connection in memory. */
import { ACK, CloseCode, DISCONNECT, JOIN, PHOENIX_TOPIC, REFRESH, REFUSED, REPLY, v2Client } from "@wingbeat/protocol";
import type { FrameData, Message, SocketContract } from "@wingbeat/protocol";
import type { Endpoint } from "../endpoint.ts";
import { WingbeatError } from "../errors.ts";
import type { Admission } from "../socket/process.ts";
import type { MemoryClient, MemoryConnection } from "../transports/memory.ts";
import { TestChannel } from "./channel.ts";
import type { ChannelClient } from "./channel.ts";
import type { ChannelOf, FrameworkError, Topics } from "./contract.ts";
import { Inbox } from "./inbox.ts";
import { show } from "./match.ts";
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

/** How a connection was closed. */
interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** A connected client: made by `kit.connect`, or by `kit.socket`, which does not run `connect`. */
export class TestClient<Contract extends SocketContract = SocketContract> implements ChannelClient, MemoryClient {
  /** The socket's id, or null. */
  readonly id: string | null;
  /** What `connect` assigned. */
  readonly assigns: Readonly<Record<string, unknown>>;
  readonly timeout: number;
  readonly #endpoint: Endpoint;
  #connection: MemoryConnection | undefined = undefined;
  readonly #channels: TestChannel[] = [];
  readonly #channelByRef = new Map<string, TestChannel>();
  readonly #joinRefs = new Map<TestChannel, string>();
  readonly #closings = new Inbox<Closing>(() => undefined);
  /** Messages of the connection itself, on topic `phoenix`. */
  readonly #ofConnection = new Inbox<Message>(() => this.describeClose());
  #closing: Closing | undefined = undefined;
  #ref = 0;

  /** @internal Made by `connect` and `socket` of the kit. */
  constructor(endpoint: Endpoint, { id, assigns }: Pick<Admission, "id" | "assigns">, timeout: number) {
    this.#endpoint = endpoint;
    this.id = id;
    this.assigns = assigns;
    this.timeout = timeout;
  }

  /** @internal The client is connected. */
  start(connection: MemoryConnection): this {
    this.#connection = connection;
    return this;
  }

  /** @internal A frame of the server. */
  received(data: FrameData): void {
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

  /** Joins a topic. Returns the server's answer, accepted or refused; rejects without an answer within `timeout` ms. */
  async join<Topic extends Topics<Contract>>(
    topic: Topic,
    params?: ChannelOf<Contract, Topic>["join"]["in"],
    timeout = this.timeout,
  ): Promise<JoinAnswer<ChannelOf<Contract, Topic>>> {
    return (await this.#join(new TestChannel(this, topic), params, timeout)) as never;
  }

  /** Joins a topic, subscribes to its broadcasts for `assertBroadcast`, and returns the channel. Rejects when refused. */
  async subscribeAndJoin<Topic extends Topics<Contract>>(
    topic: Topic,
    params?: ChannelOf<Contract, Topic>["join"]["in"],
    timeout = this.timeout,
  ): Promise<TestChannel<ChannelOf<Contract, Topic>>> {
    const channel = new TestChannel(this, topic);
    const endpoint = this.#endpoint;
    channel.listen((receiver) => {
      const subscription = endpoint.subscribe(topic, receiver);
      return { subscription, broadcastFrom: (...message) => endpoint.broadcastFrom(subscription, ...message) };
    });
    const answer = await this.#join(channel, params, timeout).catch((error: unknown) => {
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

  /** Closes all connections with this client's id, with the broadcast that an application would send. */
  disconnect(): void {
    if (this.id === null) {
      throw new WingbeatError("WB_ASSERTION", "disconnect: the client has no id.");
    }
    this.#endpoint.broadcast(this.id, DISCONNECT, {});
  }

  /** Closes the connection as the client: its channels end with reason `closed`. */
  close(): void {
    this.#connection?.close(CloseCode.normal, "");
  }

  /** Waits until the connection is closed, by either side. Returns close code and reason. */
  async assertClosed(code?: CloseCode, timeout = this.timeout): Promise<Closing> {
    return this.#closings.take((closing) => code === undefined || closing.code === code, timeout, {
      assertion: `assertClosed(${code ?? ""})`,
      expected: `the connection is closed${code === undefined ? "" : ` with ${code}`}`,
      describe: (closing) => `the connection is closed with ${closing.code} ${closing.reason}`,
    });
  }

  /** @internal */
  send(channel: TestChannel, event: string, payload: unknown): string {
    const ref = String(++this.#ref);
    this.#channelByRef.set(ref, channel);
    if (event === JOIN) {
      this.#joinRefs.set(channel, ref);
      this.#channels.push(channel);
    }
    this.#write(channel, ref, event, payload);
    return ref;
  }

  /** @internal */
  cast(channel: TestChannel, event: string, payload: unknown): void {
    this.#write(channel, null, event, payload);
  }

  #write(channel: TestChannel, ref: string | null, event: string, payload: unknown): void {
    const joinRef = this.#joinRefs.get(channel) ?? null;
    this.#connection?.receive(v2Client.encode({ joinRef, ref, topic: channel.topic, event, payload }));
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

  /** @internal A channel has ended: the oldest on its topic. */
  terminated(topic: string, reason: string): void {
    this.#channels.find((channel) => channel.topic === topic && !channel.isOver)?.ended(reason);
  }

  /** @internal The kit is being closed. */
  forget(): void {
    this.#connection?.close(CloseCode.normal, "");
    for (const channel of this.#channels) channel.forget();
  }

  async #join(
    channel: TestChannel,
    params: unknown,
    timeout: number,
  ): Promise<JoinAnswer<ChannelOf<SocketContract, string>>> {
    const ref = this.send(channel, JOIN, params ?? {});
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
