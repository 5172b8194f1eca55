/** Frames on their way to the server: collected for one turn, then posted in batches, one request at a time. */

/** Phoenix silently drops everything after the 100th line of a request; Wingbeat rejects the request. */
const MAX_LINES = 100;
/** A Phoenix server accepts bodies of 8 MB; a character takes up to three bytes. */
const MAX_CHARACTERS = 2_000_000;

export class Posts {
  readonly #post: (body: string) => Promise<boolean>;
  readonly #lines: string[] = [];
  #busy = false;
  #size = 0;

  /** `post` returns whether the server accepted the batch. After a failure nothing more is sent. */
  constructor(post: (body: string) => Promise<boolean>) {
    this.#post = post;
  }

  /** Characters that the server has not accepted yet. */
  get size(): number {
    return this.#size;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#busy) return;
    this.#busy = true;
    setTimeout(() => this.#flush());
  }

  /** The unsent frames, as the body of a last request; whatever exceeds the server's limit is lost. */
  takeRest(): string {
    return this.#takeBatch().join("\n");
  }

  async #flush(): Promise<void> {
    while (this.#lines.length > 0) {
      const batch = this.#takeBatch();
      if (!(await this.#post(batch.join("\n")))) return;
      for (const line of batch) this.#size -= line.length;
    }
    this.#busy = false;
  }

  /** At least one line, if there is any. */
  #takeBatch(): string[] {
    let count = 0;
    let characters = 0;
    if (this.#lines.length === 0) return [];
    do characters += this.#lines[count++]?.length ?? 0;
    while (
      count < Math.min(this.#lines.length, MAX_LINES) &&
      characters + (this.#lines[count]?.length ?? 0) <= MAX_CHARACTERS
    );
    return this.#lines.splice(0, count);
  }
}
