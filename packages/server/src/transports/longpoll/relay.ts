/**
 * Clients of other nodes: the node that received a request asks the node that has the client, which answers. Both messages
 * go to a single node, on a topic that the other side has given.
 */
import type { FrameData } from "@wingbeat/protocol";
import type { LongPollConnection } from "./connection.ts";
import type { Deliverer, Delivery, Poller, LongPollClient } from "./client.ts";

/** Messages to one other node, through the endpoint's PubSub. */
export interface DirectMessages {
  readonly nodeName: string;
  /** Receives the messages of a topic. Returns a function that stops it. */
  subscribe(topic: string, receive: (message: unknown) => void): () => void;
  /** Sends to one node; false when it cannot. Never throws; an unknown node is not an error. */
  send(nodeName: string, topic: string, message: object): boolean;
}

/** The address of a client, or of the sender of a question. */
export interface Address {
  readonly node: string;
  readonly topic: string;
}

/** A request on its way to the node of its client. */
interface Question {
  readonly ask: "poll" | "deliver";
  readonly token: string;
  readonly frames?: readonly FrameData[];
  /** Where to send the answer, and the number of the question. */
  readonly from: Address;
  readonly id: number;
}

/** The answer of the client's node. All but `waiting` are final. */
type Answer =
  | { readonly say: "waiting" | "available" | "gone" }
  | { readonly say: "messages"; readonly literals: readonly string[] }
  | { readonly say: "settled"; readonly delivery: Delivery };

type Reply = Answer & { readonly id: number };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isListOf = <T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is);

const isString = (value: unknown): value is string => typeof value === "string";

const isFrame = (value: unknown): value is FrameData => isString(value) || value instanceof Uint8Array;

const DELIVERIES: ReadonlySet<unknown> = new Set<Delivery>(["delivered", "unread", "full"]);

/** Whether a message from another node is a question: anything may arrive over the engine. */
function isQuestion(message: unknown): message is Question {
  if (!isObject(message) || !Number.isSafeInteger(message["id"]) || !isString(message["token"])) return false;
  const { ask, from, frames } = message;
  if (!isObject(from) || !isString(from["node"]) || !isString(from["topic"])) return false;
  return ask === "poll" || (ask === "deliver" && isListOf(frames, isFrame));
}

function isReply(message: unknown): message is Reply {
  if (!isObject(message) || !Number.isSafeInteger(message["id"])) return false;
  const { say, literals, delivery } = message;
  if (say === "messages") return isListOf(literals, isString);
  if (say === "settled") return DELIVERIES.has(delivery);
  return say === "waiting" || say === "available" || say === "gone";
}

export class Relay {
  readonly #messages: DirectMessages;
  readonly #address: Address;
  readonly #find: (token: string) => LongPollConnection | undefined;
  readonly #unsubscribe: () => void;
  /** Unanswered questions of this node, by number. */
  readonly #open = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  /** `topic` is this node's; `find` returns the clients of this node. */
  constructor(messages: DirectMessages, topic: string, find: (token: string) => LongPollConnection | undefined) {
    this.#messages = messages;
    this.#address = { node: messages.nodeName, topic };
    this.#find = find;
    this.#unsubscribe = messages.subscribe(topic, (message) => this.#receive(message));
  }

  /** A client of another node. Whether it exists is known only once it is asked. */
  client(token: string, home: Address): LongPollClient {
    return new RemoteClient(this, token, home);
  }

  /** Sends a question, and returns its number. */
  ask(home: Address, question: Pick<Question, "ask" | "token" | "frames">, onAnswer: (answer: Answer) => void): number {
    const id = ++this.#lastId;
    this.#open.set(id, onAnswer);
    if (!this.#messages.send(home.node, home.topic, { ...question, from: this.#address, id }))
      onAnswer({ say: "gone" });
    return id;
  }

  withdraw(id: number): void {
    this.#open.delete(id);
  }

  /** Ends all waiting requests. */
  stop(): void {
    this.#unsubscribe();
    for (const onAnswer of [...this.#open.values()]) onAnswer({ say: "gone" });
    this.#open.clear();
  }

  /** Throws for anything but a relay message: PubSub reports it. */
  #receive(message: unknown): void {
    if (isQuestion(message)) this.#answer(message);
    else if (isReply(message)) this.#open.get(message.id)?.(message);
    else throw new TypeError("message from another node is not a long-poll relay message");
  }

  #answer(question: Question): void {
    const { from, id } = question;
    const tell = (answer: Answer): void => void this.#messages.send(from.node, from.topic, { ...answer, id });
    const client = this.#find(question.token);
    if (client === undefined) tell({ say: "gone" });
    else if (question.ask === "poll") client.poll(new RemotePoller(tell));
    else client.deliver(question.frames ?? [], new RemoteDeliverer(tell));
  }
}

/** Reports the progress of a request to the node that asked. */
class RemotePoller implements Poller {
  readonly #tell: (answer: Answer) => void;

  constructor(tell: (answer: Answer) => void) {
    this.#tell = tell;
  }

  waiting(): void {
    this.#tell({ say: "waiting" });
  }

  available(): void {
    this.#tell({ say: "available" });
  }

  messages(literals: readonly string[]): void {
    this.#tell({ say: "messages", literals });
  }

  gone(): void {
    this.#tell({ say: "gone" });
  }
}

class RemoteDeliverer implements Deliverer {
  readonly #tell: (answer: Answer) => void;

  constructor(tell: (answer: Answer) => void) {
    this.#tell = tell;
  }

  waiting(): void {
    this.#tell({ say: "waiting" });
  }

  settled(delivery: Delivery): void {
    this.#tell({ say: "settled", delivery });
  }

  gone(): void {
    this.#tell({ say: "gone" });
  }
}

/** A client of another node, as one request of this node sees it. */
class RemoteClient implements LongPollClient {
  readonly token: string;
  readonly #relay: Relay;
  readonly #home: Address;
  #question: number | undefined = undefined;

  constructor(relay: Relay, token: string, home: Address) {
    this.#relay = relay;
    this.token = token;
    this.#home = home;
  }

  poll(poller: Poller): void {
    this.#ask({ ask: "poll", token: this.token }, (answer) => {
      if (answer.say === "messages") poller.messages(answer.literals);
      else if (answer.say !== "settled") poller[answer.say]();
    });
  }

  deliver(frames: readonly FrameData[], deliverer: Deliverer): void {
    this.#ask({ ask: "deliver", token: this.token, frames }, (answer) => {
      if (answer.say === "settled") deliverer.settled(answer.delivery);
      else if (answer.say === "waiting" || answer.say === "gone") deliverer[answer.say]();
    });
  }

  forget(): void {
    if (this.#question !== undefined) this.#relay.withdraw(this.#question);
  }

  #ask(question: Pick<Question, "ask" | "token" | "frames">, onAnswer: (answer: Answer) => void): void {
    this.forget();
    const id = this.#relay.ask(this.#home, question, onAnswer);
    this.#question = id;
  }
}
