/** A fake server: its connections, its topics, and what a test says about them. */
import { HEARTBEAT, JOIN, LEAVE, PHOENIX_TOPIC, REFUSED, Reason, v2Server } from "@wingbeat/protocol";
import type { ClientMessage, FrameData } from "@wingbeat/protocol";
import { Socket } from "../socket.ts";
import type { SocketOptions } from "../socket/options.ts";
import type { TransportClass } from "../transport.ts";
import { checkAnswer } from "./answer.ts";
import { paramsIn, tokenIn } from "./connect.ts";
import { FakeConnection } from "./connection.ts";
import type { ConnectionServer } from "./connection.ts";
import { Declared } from "./declared.ts";
import type { Topics } from "./declared.ts";
import { declaredFor } from "./pattern.ts";
import { Client } from "./server-end.ts";
import type { EndServer } from "./server-end.ts";
import { Topic } from "./topic.ts";
import { Waits } from "./waits.ts";

const RETRY_MS = 10;

export interface FakeServerOptions {
  /** Milliseconds that `joined` and `received` wait, of real time. Default 1,000. */
  readonly patience?: number;
}

type ConnectHandler = (params: Readonly<Record<string, unknown>>, authToken: string | undefined) => unknown;

export class Server implements ConnectionServer, EndServer, Topics {
  readonly transport: TransportClass;
  readonly waits: Waits;
  readonly #channels = new Map<string, Declared>();
  readonly #topics = new Map<string, Topic<Client>>();
  /** The clients of each connection, by topic. */
  readonly #connections = new Map<FakeConnection, Map<string, Client>>();
  readonly #ends = new Set<Client>();
  readonly #sockets: Socket[] = [];
  readonly #faults: string[] = [];
  #cause: unknown;
  #connect: ConnectHandler = () => ({ status: "ok", response: {} });
  #delay = 0;
  #isStopped = false;
  #isClosed = false;

  constructor({ patience = 1000 }: FakeServerOptions = {}) {
    this.waits = new Waits(patience);
    // oxlint-disable-next-line unicorn/no-this-assignment -- a class has a `this` of its own
    const server = this;
    this.transport = class extends FakeConnection {
      constructor(url: string, protocols?: string[]) {
        super(server, url, protocols);
      }
    };
  }

  // What the test does.

  socket(options: SocketOptions = {}): Socket {
    const soon = () => RETRY_MS;
    const retries = { reconnectAfterMs: soon, rejoinAfterMs: soon, hiddenReconnectAfterMs: soon };
    const socket = new Socket("ws://fake.test/socket", { transport: this.transport, ...retries, ...options });
    this.#sockets.push(socket);
    return socket;
  }

  onConnect(handler: ConnectHandler): void {
    this.#connect = handler;
  }

  channel(pattern: string): Declared {
    const declared = this.#channels.get(pattern) ?? new Declared(this);
    this.#channels.set(pattern, declared);
    return declared;
  }

  joined(name: string): Promise<Client> {
    const take = () => {
      const topic = this.#topicOf(name);
      if (topic === undefined) throw new Error(undeclared(name));
      return [...topic.members].at(-1);
    };
    return this.waits.for(take, () => {
      const joined = [...this.#topics.values()].filter(({ members }) => members.size > 0).map((topic) => topic.name);
      return `no client has joined "${name}" (joined are: ${joined.join(", ") || "none"})`;
    });
  }

  broadcast(name: string, event: string, payload: object): void {
    const topic = this.#topicOf(name);
    if (topic === undefined) throw new Error(undeclared(name));
    topic.broadcast(event, payload);
  }

  disconnect(code = 1006): void {
    for (const connection of [...this.#connections.keys()]) connection.drop(code);
  }

  stop(): void {
    this.#isStopped = true;
    this.disconnect();
  }

  start(): void {
    this.#isStopped = false;
  }

  delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.waits.end((fault) => this.#faults.push(fault));
    for (const connection of this.#connections.keys()) connection.mute();
    for (const socket of this.#sockets) socket.disconnect();
    for (const end of this.#ends) {
      for (const { fault } of end.messages) if (fault !== undefined) this.#faults.push(fault);
    }
    if (this.#faults.length > 0) throw new Error(this.#faults.join("\n"), { cause: this.#cause });
  }

  forgetHistory(channel: Declared, reason: string): void {
    for (const { declared, history } of this.#topics.values()) if (declared === channel) history.forget(reason);
  }

  forgetPushes(channel: Declared): void {
    for (const { declared, lines } of this.#topics.values()) if (declared === channel) lines.forget();
  }

  // What clients do.

  /** In a microtask, also with fake timers: those replace `queueMicrotask`, too. */
  arrives(run: () => void): void {
    const arrived = () => void (this.#isClosed || run());
    if (this.#delay > 0) setTimeout(arrived, this.#delay);
    else void Promise.resolve().then(arrived);
  }

  async connecting(connection: FakeConnection): Promise<void> {
    if (this.#isStopped) return connection.fail("the fake server is stopped");
    try {
      const { url, protocols } = connection;
      const answer = checkAnswer(await this.#connect(paramsIn(url), tokenIn(protocols)), "onConnect");
      if (this.#isClosed || connection.readyState !== 0) return;
      if (answer.status !== "ok" && !connection.hasExtensions) return connection.fail("refused");
      this.#connections.set(connection, new Map());
      connection.open();
      if (answer.status === "ok") return;
      const reason = { reason: answer.response };
      connection.deliver(v2Server.encodeMessage(null, null, PHOENIX_TOPIC, REFUSED, reason));
      connection.drop(4403, "refused");
    } catch (error) {
      this.failed("the handler of onConnect has failed", error);
      connection.fail("onConnect has failed");
    }
  }

  received(connection: FakeConnection, frame: FrameData): void {
    let message: ClientMessage;
    try {
      message = v2Server.decode(frame);
    } catch (error) {
      this.failed("a client has sent what is no message: the fake server knows no other codec than the default", error);
      return connection.drop(1011);
    }
    const { topic, event } = message;
    const clients = this.#connections.get(connection);
    const client = clients?.get(String(topic));
    if (topic === PHOENIX_TOPIC) {
      if (event === HEARTBEAT) this.#reply(connection, message, "ok", {});
    } else if (event === JOIN) this.#join(connection, message, client);
    else if (client !== undefined) client.receive(message);
    else if (event === LEAVE) this.#reply(connection, message, "ok", {});
    else if (message.ref !== null) this.#reply(connection, message, "error", { reason: Reason.unmatchedTopic });
  }

  ended(what: FakeConnection | Client): void {
    if (what instanceof Client) {
      const clients = this.#connections.get(what.connection);
      if (clients?.get(what.topic) === what) clients.delete(what.topic);
      return;
    }
    const clients = this.#connections.get(what);
    this.#connections.delete(what);
    for (const client of clients?.values() ?? []) client.leave("its connection was lost");
  }

  failed(what: string, error?: unknown): void {
    this.#cause ??= error;
    this.#faults.push(
      error === undefined ? what : `${what}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  #join(connection: FakeConnection, message: ClientMessage, before: Client | undefined): void {
    const name = String(message.topic);
    const topic = this.#topicOf(name);
    if (topic === undefined) {
      this.failed(`a client has joined "${name}": ${undeclared(name)}`);
      return this.#reply(connection, message, "error", { reason: Reason.unmatchedTopic });
    }
    before?.replaced();
    const client = new Client(topic, connection, message, this);
    this.#connections.get(connection)?.set(name, client);
    this.#ends.add(client);
    void client.join();
  }

  #reply(connection: FakeConnection, { ref, topic }: ClientMessage, status: string, response: object): void {
    connection.deliver(v2Server.encodeReply(null, ref, topic, status, response));
  }

  #topicOf(name: string): Topic<Client> | undefined {
    const known = this.#topics.get(name);
    const declared = declaredFor(this.#channels, name);
    if (known?.declared === declared || declared === undefined) return known;
    const topic = new Topic<Client>(name, declared);
    this.#topics.set(name, topic);
    return topic;
  }
}

const undeclared = (topic: string): string => `the test has declared no such topic: server.channel("${topic}")`;
