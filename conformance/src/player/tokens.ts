/** Session tokens of long polling: the server makes its own, so what was recorded is another one than what is seen. */
import type { HttpAnswer, HttpRequest } from "./steps.ts";

const TOKEN = /SFMyNTY\.[\w-]+\.[\w-]+/g;

export class Tokens {
  /** The server's tokens by the recorded ones. */
  readonly #seen = new Map<string, string>();

  /** Takes note of a token that an answer brings. The first one for a recorded token stands for it from then on. */
  learn(recorded: HttpAnswer, seen: HttpAnswer): void {
    const [theirs, ours] = [firstToken(recorded.body), firstToken(seen.body)];
    if (theirs === undefined || ours === undefined || this.#seen.has(theirs)) return;
    // A new session has a new token: one that was seen before stays unlearned, and so shows as a difference.
    if (![...this.#seen.values()].includes(ours)) this.#seen.set(theirs, ours);
  }

  /** A recorded text with the server's tokens in it. */
  translate(text: string): string {
    return text.replace(TOKEN, (token) => this.#seen.get(token) ?? token);
  }

  /** A recorded request as the server must be sent it. */
  request(recorded: HttpRequest): HttpRequest {
    const headers = Object.entries(recorded.headers ?? {}).map(([name, value]) => [name, this.translate(value)]);
    return { ...recorded, path: this.translate(recorded.path), headers: Object.fromEntries(headers) };
  }
}

const firstToken = (body: string): string | undefined => body.match(TOKEN)?.[0];
