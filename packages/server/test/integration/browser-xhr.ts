/** As much of a browser's XMLHttpRequest as the official clients use, over node:http. */
import { request } from "node:http";
import type { ClientRequest } from "node:http";
import { text } from "node:stream/consumers";

const DONE = 4;

export class BrowserXhr {
  readyState = 0;
  responseText = "";
  timeout = 0;
  onreadystatechange: (() => void) | null = null;
  onerror: (() => void) | null = null;
  ontimeout: (() => void) | null = null;
  readonly #headers: Record<string, string> = {};
  #isAborted = false;
  #method = "";
  #url = "";
  #request: ClientRequest | undefined = undefined;

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  send(body: string | null): void {
    const outgoing = request(this.#url, { method: this.#method, headers: this.#headers });
    this.#request = outgoing;
    outgoing.on("response", (response) => {
      text(response).then(
        (answer) => this.#finish(answer),
        () => this.#finish(""),
      );
    });
    outgoing.on("error", () => this.#finish(""));
    outgoing.end(body ?? "");
  }

  abort(): void {
    this.#isAborted = true;
    this.#request?.destroy();
  }

  #finish(answer: string): void {
    if (this.#isAborted) return;
    this.readyState = DONE;
    this.responseText = answer;
    this.onreadystatechange?.();
  }
}
