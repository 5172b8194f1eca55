/**
 * Stands in for a language model: needs no network and no key, and writes at the speed of one. The same prompt gets the same
 * answer, so that a test, or a person, sees whether a piece is missing or comes twice.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Model, Turn } from "./model.ts";
import { answerTo } from "./stand-in-texts.ts";

export class StandInModel implements Model {
  readonly name = "a stand-in on this machine";
  readonly #pause: number;

  /** Throws when the speed is not a number above 0. */
  constructor(tokensPerSecond: number) {
    if (!(tokensPerSecond > 0))
      throw new Error(`TOKENS_PER_SECOND must be a number above 0, not "${tokensPerSecond}".`);
    this.#pause = 1_000 / tokensPerSecond;
  }

  async *answer(conversation: readonly Turn[], signal: AbortSignal): AsyncIterable<string> {
    const text = answerTo(conversation.findLast(({ role }) => role === "user")?.content ?? "");
    for (const [index, token] of tokensOf(text).entries()) {
      // Models do not write evenly: a pause is half to one and a half of the usual one.
      await sleep(this.#pause * (0.5 + ((index * 7) % 11) / 10), undefined, { signal });
      yield token;
    }
  }
}

/** Pieces of words, with the space before them, as models write them. Together they are the text. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S{1,6}|\s+$/g) ?? [];
}
