/** A message that a client has sent, and its answer. */
import type { Answer } from "./answer.ts";
import { checkAnswer, shown } from "./answer.ts";

/** Sends an answer to where it is awaited. */
export type Address = (answer: Answer) => void;

export class Received {
  readonly event: string;
  readonly payload: unknown;
  readonly #topic: string;
  /** Who handles it, unless the test does. */
  readonly #handler: string | undefined;
  /** More than one when it was sent again. */
  readonly #addresses: Address[] = [];
  #answer: Answer | undefined;
  #isTaken = false;

  constructor(topic: string, event: string, payload: unknown, hasHandler: boolean) {
    this.#topic = topic;
    this.event = event;
    this.payload = payload;
    this.#handler = hasHandler ? `the handler of "${event}"` : undefined;
  }

  /** The test has got it from `received`. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  take(): void {
    this.#isTaken = true;
  }

  /** Answers it, for the test. */
  reply(answer: Answer): void {
    if (this.#addresses.length === 0) throw new Error(`"${this.event}" was cast: nobody waits for a reply`);
    if (this.#handler !== undefined) throw new Error(`"${this.event}" is answered by its handler: channel.on`);
    if (this.#answer !== undefined) throw new Error(`"${this.event}" was answered before`);
    this.settle(checkAnswer(answer, "received()"));
  }

  settle(answer: Answer): void {
    this.#answer = answer;
    for (const address of this.#addresses) address(answer);
  }

  /** Sends the answer there, now or when there is one. */
  answerTo(address: Address): void {
    this.#addresses.push(address);
    if (this.#answer !== undefined) address(this.#answer);
  }

  /** What is wrong when the test is over. */
  get fault(): string | undefined {
    const isFine = this.#addresses.length === 0 || this.#answer !== undefined || this.isTaken || this.#handler;
    return isFine
      ? undefined
      : `"${this.event}" ${shown(this.payload)} on "${this.#topic}" was never answered: ` +
          `declare channel.on("${this.event}", …), or answer what received("${this.event}") gives`;
  }
}
