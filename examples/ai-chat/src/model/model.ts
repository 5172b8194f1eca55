/** What every language model is here. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
}

export interface Model {
  /** Shown on the page. */
  readonly name: string;
  /** Writes the next turn, piece by piece. Throws when `signal` is aborted, and an Error with a sentence when it fails. */
  answer(conversation: readonly Turn[], signal: AbortSignal): AsyncIterable<string>;
}
