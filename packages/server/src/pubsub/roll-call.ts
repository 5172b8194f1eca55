/**
 * Finds out which endpoints can be reached: one node asks all others, and each endpoint answers it directly. A node
 * that only sends would otherwise never know whether anybody is there.
 *
 * A question is a broadcast with the dispatcher `roll_call`: `{ from }`, the name of the node that asks. An answer is a
 * direct message on the same topic: `{ node }`, the name of the endpoint.
 */
import type { PubSub, Subscription } from "../pubsub.ts";

/** The topic of questions and answers, and the name of the dispatcher of questions. */
const TOPIC = "wingbeat:roll_call";
export const ROLL_CALL = "roll_call";

/** How many names are kept: they come from outside. */
const MAX_NODES = 1_000;
/** A node's name, in characters. */
const MAX_NAME = 255;

const isName = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= MAX_NAME;

/** For the dispatcher of an endpoint: answers a question of another node. What is no question is ignored. */
export function answerRollCall(pubsub: PubSub, question: unknown): void {
  const { from } = (question ?? {}) as { readonly from?: unknown };
  if (isName(from) && from !== pubsub.nodeName) pubsub.directBroadcast(from, TOPIC, { node: pubsub.nodeName });
}

/** Asks which endpoints there are, and remembers those that have answered. */
export class RollCall {
  readonly #pubsub: PubSub;
  readonly #nodes = new Set<string>();
  readonly #subscription: Subscription;
  readonly #answered: () => void;
  #onAnswer: (() => void)[] = [];

  /** `answered` is called at each answer. */
  constructor(pubsub: PubSub, answered: () => void) {
    this.#pubsub = pubsub;
    this.#answered = answered;
    this.#subscription = { topic: TOPIC, owner: this, receive: (answer) => this.#receive(answer) };
    pubsub.subscribe(this.#subscription);
  }

  /** The endpoints that have answered since {@link forget}. */
  get nodes(): readonly string[] {
    return [...this.#nodes];
  }

  forget(): void {
    this.#nodes.clear();
  }

  ask(): void {
    this.#pubsub.broadcast(TOPIC, { from: this.#pubsub.nodeName }, ROLL_CALL);
  }

  /** Calls back once, at the next answer. Returns a function that cancels it. */
  onAnswer(callback: () => void): () => void {
    this.#onAnswer.push(callback);
    return () => void (this.#onAnswer = this.#onAnswer.filter((other) => other !== callback));
  }

  stop(): void {
    this.#pubsub.unsubscribe(this.#subscription);
  }

  #receive(answer: unknown): void {
    const { node } = (answer ?? {}) as { readonly node?: unknown };
    if (!isName(node) || (this.#nodes.size >= MAX_NODES && !this.#nodes.has(node))) return;
    this.#nodes.add(node);
    this.#answered();
    for (const callback of this.#onAnswer.splice(0)) callback();
  }
}
