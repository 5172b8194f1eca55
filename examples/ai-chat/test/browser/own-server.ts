/** The server inside of the test, with the built page, and a model that writes as far as the test lets it. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { onTestFinished } from "vitest";
import { createEndpoint } from "wingbeat";
import type { Model, Turn } from "../../src/model/model.ts";
import { createSocket } from "../../src/socket.ts";
import { Store } from "../../src/store.ts";

const PAGE = new URL("../../dist/page/", import.meta.url);
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** Asked to "Count", it does, as far as it may. Everything else it repeats. */
export class CountingModel implements Model {
  readonly name = "a model that counts";
  #allowed = 0;
  #wake = () => {};

  /** Goes on until it has written this number. */
  countTo(number: number): void {
    this.#allowed = number;
    this.#wake();
  }

  async *answer(conversation: readonly Turn[], signal: AbortSignal): AsyncIterable<string> {
    const prompt = conversation.at(-1)?.content ?? "";
    if (prompt !== "Count") return yield prompt;
    signal.addEventListener("abort", () => this.#wake());
    for (let number = 1; number <= LAST; number++) {
      while (number > this.#allowed && !signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
      signal.throwIfAborted();
      yield number === 1 ? "1" : ` ${number}`;
    }
  }
}

export const LAST = 400;
export const countTo = (number: number): string => Array.from({ length: number }, (_, index) => index + 1).join(" ");

export async function startOwnServer() {
  const data = mkdtempSync(join(tmpdir(), "ai-chat-own-"));
  const model = new CountingModel();
  const store = new Store(join(data, "conversations.json"));
  const { answers, userSocket } = createSocket(store, model);
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
  const server = createServer(async ({ url = "/" }, response) => {
    const file = url === "/" ? "index.html" : url.slice(1);
    response.setHeader("content-type", TYPES[extname(file)] ?? "image/svg+xml");
    response.end(await readFile(new URL(file, PAGE)));
  });
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    answers.close();
    await endpoint.close();
    server.closeAllConnections();
    server.close();
    store.save();
    rmSync(data, { recursive: true });
  });
  return { port: (server.address() as AddressInfo).port, model, endpoint, store };
}
