import { request, type IncomingMessage } from "node:http";
import { Inbox } from "./inbox.ts";
import type { HttpAnswer, HttpRequest } from "./steps.ts";

/** Reads a whole answer; header names in lower case. */
export async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers = pairs(response.rawHeaders).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() };
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""] as [string, string]] : []));
}

/** Sends a request on a connection of its own. A connection that was upgraded is dropped at once. */
export function sendRequest(base: URL, { method, path, headers = {}, body = "" }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: base.hostname, port: base.port, method, path, headers, agent: false });
    outgoing.on("response", (response) => resolve(readAnswer(response)));
    outgoing.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: "" });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** A client of plain requests, whose answers come by inbox like everything else. */
export class HttpClient {
  readonly inbox = new Inbox();
  readonly isOpen = true;
  readonly #base: URL;
  readonly #client: string;

  constructor(base: URL, client: string) {
    this.#base = base;
    this.#client = client;
  }

  async send(http: HttpRequest): Promise<void> {
    const client = this.#client;
    try {
      this.inbox.put({ client, response: await sendRequest(this.#base, http) });
    } catch (error) {
      this.inbox.put({ client, error: String(error) });
    }
  }

  drop(): void {
    // every request has a connection of its own, closed with its answer
  }
}
