/** The server's end of a channel: one client on one topic, from its join to its end. */
import { CLOSE, ERROR, LEAVE, PUSHES, RECOVERY, Reason } from "@wingbeat/protocol";
import { v2Server, withPosition, withPushes, withPushState, withRecovery } from "@wingbeat/protocol";
import type { ClientMessage, FrameData } from "@wingbeat/protocol";
import { checkAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { FakeConnection } from "./connection.ts";
import { EPOCH } from "./history.ts";
import { numberOf } from "./line.ts";
import { Received } from "./received.ts";
import type { Member, Topic } from "./topic.ts";
import type { Presences } from "./presence.ts";
import type { Waits } from "./waits.ts";

/** For how long a real server remembers pushes. */
const WINDOW_MS = 600_000;

/** A handler that returns nothing. Clients with extensions are told that it has run. */
const HANDLED: Answer = { status: "ok", response: {} };

/** What a server's end needs from its server. */
export interface EndServer {
  readonly waits: Waits;
  /** Something has gone wrong that no client can tell the test. */
  failed(what: string, error?: unknown): void;
  ended(client: Client): void;
}

export class Client implements Member {
  readonly params: unknown;
  readonly messages: Received[] = [];
  readonly isAware: boolean;
  readonly connection: FakeConnection;
  readonly #on: Topic<Client>;
  readonly #server: EndServer;
  readonly #join: ClientMessage;
  /** Why it is not on the topic any more. */
  #ending: string | undefined;
  /** What has come before the join was answered. */
  #waiting: ClientMessage[] | undefined = [];

  constructor(on: Topic<Client>, connection: FakeConnection, join: ClientMessage, server: EndServer) {
    this.#on = on;
    this.connection = connection;
    this.#join = join;
    this.params = join.payload;
    this.#server = server;
    this.isAware = on.declared.hasHistory && this.#asked.v === 1;
  }

  get topic(): string {
    return this.#on.name;
  }

  get presence(): Presences {
    return this.#on.presence;
  }

  // What the test does.

  push(event: string, payload: object): void {
    this.#check();
    this.deliver(v2Server.encodeMessage(this.#join.joinRef, null, this.topic, event, payload));
  }

  broadcast(event: string, payload: object): void {
    this.#check();
    this.#on.broadcast(event, payload);
  }

  received(event: string): Promise<Received> {
    const take = () => {
      const found = this.messages.find((message) => message.event === event && !message.isTaken);
      if (found !== undefined) found.take();
      else if (this.#ending !== undefined) throw new Error(this.#missing(event) + ` before ${this.#ending}`);
      return found;
    };
    return this.#server.waits.for(take, () => this.#missing(event));
  }

  lose(reason = "lost"): void {
    this.#check();
    if (!this.isAware) {
      throw new Error(`"${this.topic}" has no history, or the client does not ask for it: declare channel.history()`);
    }
    this.#report({ recovered: false, reason });
  }

  crash(): void {
    this.#check();
    this.#end(ERROR, { reason: Reason.channelCrash }, "it has crashed");
  }

  close(payload: object = {}): void {
    this.#check();
    this.#end(CLOSE, payload, "the server has closed it");
  }

  // What the client does.

  /** Answers the join. */
  async join(): Promise<void> {
    let answer: Answer;
    try {
      const { topic, params } = this;
      answer = checkAnswer(await this.#on.declared.join(params, topic), `the join handler of "${topic}"`);
    } catch (error) {
      this.#server.failed(`the join handler of "${this.topic}" has failed`, error);
      answer = { status: "error", response: { reason: Reason.joinCrashed } };
    }
    if (this.#ending !== undefined) return;
    if (answer.status === "ok") this.#joined(answer);
    else this.#refused(answer);
  }

  receive(message: ClientMessage): void {
    if (this.#waiting !== undefined) this.#waiting.push(message);
    else if (message.joinRef === null || message.joinRef === this.#join.joinRef) this.#handle(message);
  }

  deliver(frame: FrameData): void {
    this.connection.deliver(frame);
  }

  /** The connection is gone, or another join has taken the topic. */
  leave(why: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = why;
    this.#on.members.delete(this);
    this.#server.ended(this);
    this.#server.waits.check();
  }

  /** The topic has got another join on this connection. */
  replaced(): void {
    this.leave("the client has joined again");
    this.#tell(CLOSE, {});
  }

  get hasJoined(): boolean {
    return this.#waiting === undefined && this.#ending === undefined;
  }

  #joined(answer: Answer): void {
    const { declared, history, presence } = this.#on;
    const { recovery, missed } = history.answer(this.#asked);
    let frame = this.#replyTo(this.#join, answer);
    if (this.isAware) frame = withRecovery(frame, recovery);
    if (declared.takesNumbers && this.#asked.session !== undefined) frame = withPushes(frame, { window: WINDOW_MS });
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#on.members.add(this);
    this.deliver(frame);
    if (this.isAware && missed.length > 0) {
      for (const { event, payload, offset } of missed) {
        this.deliver(withPosition(v2Server.encodeBroadcast(this.topic, event, payload), offset));
      }
      this.#report({ live: true });
    }
    if (presence.state !== undefined && this.hasJoined) this.push("presence_state", presence.state);
    this.#server.waits.check();
    for (const message of waiting) this.receive(message);
  }

  #refused(answer: Answer): void {
    this.leave("the join was refused");
    this.deliver(this.#replyTo(this.#join, answer));
  }

  #handle(message: ClientMessage): void {
    const { event, payload } = message;
    const { declared, lines } = this.#on;
    if (this.#ending !== undefined) return;
    if (event === LEAVE) {
      this.deliver(this.#replyTo(message, { status: "ok", response: {} }));
      return this.#end(CLOSE, {}, "the client has left");
    }
    if (event === PUSHES && declared.takesNumbers) {
      return this.deliver(this.#replyTo(message, { status: "ok", response: lines.begin(payload) }));
    }
    const number = declared.takesNumbers ? numberOf(message.extension) : undefined;
    if (number === undefined) {
      const received = this.#take(message);
      if (message.ref !== null) received.answerTo((answer) => this.#answer(message, answer));
      return this.#run(received);
    }
    let isNew = false;
    const outcome = lines.take(number, () => {
      isNew = true;
      return this.#take(message);
    });
    if (outcome instanceof Received) {
      outcome.answerTo((answer) => this.#answer(message, answer));
      return isNew ? this.#run(outcome) : undefined;
    }
    const { state, response } = outcome;
    return this.deliver(withPushState(this.#replyTo(message, { status: "error", response }), state));
  }

  #take({ event, payload }: ClientMessage): Received {
    const hasHandler = this.#on.declared.handlerOf(String(event)) !== undefined;
    const received = new Received(this.topic, String(event), payload, hasHandler);
    this.messages.push(received);
    return received;
  }

  /** Runs the handler, if there is one. */
  #run(received: Received): void {
    const { event, payload } = received;
    const handler = this.#on.declared.handlerOf(event);
    const name = `the handler of "${event}" on "${this.topic}"`;
    const answered = (result: unknown) => received.settle(result === undefined ? HANDLED : checkAnswer(result, name));
    const failed = (error: unknown) => {
      this.#server.failed(`${name} has failed`, error);
      if (this.#ending === undefined) this.crash();
    };
    if (handler !== undefined) {
      try {
        const result = handler(payload, this, event);
        if (isPromise(result)) Promise.resolve(result).then(answered).catch(failed);
        else answered(result);
      } catch (error) {
        failed(error);
      }
    }
    this.#server.waits.check();
  }

  #answer(message: ClientMessage, answer: Answer): void {
    if (this.#on.declared.dropped.delete(String(message.event))) return this.connection.drop();
    if (answer === HANDLED && !this.connection.hasExtensions) return;
    this.deliver(this.#replyTo(message, answer));
  }

  #replyTo({ ref }: ClientMessage, { status, response }: Answer): FrameData {
    return v2Server.encodeReply(this.#join.joinRef, ref, this.topic, status, response);
  }

  /** `phx_recovery` with the present position. */
  #report(news: object): void {
    const frame = v2Server.encodeMessage(this.#join.joinRef, null, this.topic, RECOVERY, news);
    this.deliver(withPosition(frame, this.#on.history.offset, EPOCH));
  }

  #end(event: string, payload: object, why: string): void {
    this.leave(why);
    this.#tell(event, payload);
  }

  /** `phx_close` and `phx_error` have the join_ref in both places. */
  #tell(event: string, payload: object): void {
    const { joinRef } = this.#join;
    this.deliver(v2Server.encodeMessage(joinRef, joinRef, this.topic, event, payload));
  }

  #check(): void {
    if (this.#ending === undefined) return;
    throw new Error(
      `"${this.topic}" is not joined here any more, because ${this.#ending}: await server.joined("${this.topic}") again`,
    );
  }

  #missing(event: string): string {
    const got = [...new Set(this.messages.map((message) => message.event))].join(", ");
    return `no "${event}" has come on "${this.topic}" (what has come: ${got || "nothing"})`;
  }

  get #asked(): {
    readonly v?: unknown;
    readonly since?: unknown;
    readonly rewind?: unknown;
    readonly session?: unknown;
  } {
    return (this.#join.extension ?? {}) as object;
  }
}

const isPromise = (value: unknown): boolean =>
  typeof (value as { readonly then?: unknown } | null)?.then === "function";
