/** A long-poll client that speaks the protocol request by request, without a client library. */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { ProtocolClient } from "./protocol-client.ts";
import type { Received } from "./protocol-client.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed. Undefined where it is no JSON. */
  readonly body: PollBody;
}

export interface PollBody {
  readonly status: number;
  readonly token: string;
  readonly messages: readonly string[];
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly agent?: Agent;
}

/** Sends one request and reads its answer. Rejects when the connection breaks. */
export function send(url: string, options: RequestOptions = {}): Promise<HttpAnswer> {
  const { method = "GET", headers = {}, body, signal, agent } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method,
      headers,
      agent: agent ?? false,
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      text(response).then((answer) => {
        const isJson = response.headers["content-type"]?.startsWith("application/json") === true;
        const parsed = (isJson ? JSON.parse(answer) : undefined) as PollBody;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
      }, reject);
    });
    outgoing.end(body);
  });
}

/**
 * Resolves when the server has read what was sent to it before, on any connection, and has done what that sets off at
 * once: a poll waits, a client that has gone is forgotten. Connections are read in the order in which they became
 * readable, so an answer to a later one says it, however slow the machine is; the second one gives it some turns more.
 */
export async function caughtUp({ port }: { readonly port: number }): Promise<void> {
  for (let round = 0; round < 2; round++) await send(`http://127.0.0.1:${port}/nothing`);
}

export class PollClient extends ProtocolClient {
  readonly url: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #abort = new AbortController();
  #token: string | undefined = undefined;
  #unsent: string[] = [];

  private constructor(url: string) {
    super();
    this.url = url;
  }

  /** Opens a session. Rejects when it is refused. Polls from then on, unless told not to. */
  static async open(url: string, { polls = true } = {}): Promise<PollClient> {
    const client = new PollClient(url);
    onTestFinished(() => client.drop());
    const { body } = await client.get();
    if (body.status !== 410) throw new Error(`refused with ${body.status}`);
    client.#token = body.token;
    if (polls) void client.#poll();
    return client;
  }

  get token(): string {
    return this.#token ?? "";
  }

  /** One GET. */
  get(options: RequestOptions = {}): Promise<HttpAnswer> {
    return this.#request(options);
  }

  /** One POST. */
  post(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.#request({ method: "POST", body, headers });
  }

  /** One POST of messages in lines. */
  postLines(...lines: readonly string[]): Promise<HttpAnswer> {
    return this.post(lines.join("\n"), { "content-type": "application/x-ndjson" });
  }

  override drop(): void {
    this.#abort.abort();
    this.#agent.destroy();
  }

  /** What is sent in one turn goes in one POST, at most 100 messages in each, one POST after the other. */
  override write(line: string): void {
    if (this.#unsent.push(line) === 1) setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    while (this.#unsent.length > 0) {
      const batch = this.#unsent.slice(0, 100);
      const { body } = await this.postLines(...batch);
      if (body.status !== 200) {
        this.sayClosed({ code: body.status, reason: "a POST was refused" });
        return;
      }
      this.#unsent = this.#unsent.slice(batch.length);
    }
  }

  async #poll(): Promise<void> {
    try {
      for (;;) {
        const { body } = await this.get();
        if (body.status !== 200 && body.status !== 204) {
          this.sayClosed({ code: body.status, reason: "the session is gone" });
          return;
        }
        for (const message of body.messages) this.inbox.put(read(message));
      }
    } catch {
      this.sayClosed({ code: 1006, reason: "" });
    }
  }

  #request(options: RequestOptions): Promise<HttpAnswer> {
    const url = this.#token === undefined ? this.url : `${this.url}&token=${this.#token}`;
    return send(url, { agent: this.#agent, signal: this.#abort.signal, ...options });
  }
}

/** A message of a poll: text begins as JSON does, bytes are UTF-8 with a control character first, or base64. */
export function read(message: string): Received {
  if (message.startsWith("[") || message.startsWith("{")) return JSON.parse(message) as unknown[];
  return Buffer.from(message, message < " " ? "utf8" : "base64");
}
