/** The ways in which a client is connected: over node:http with each transport, and in memory without any network. */
import { once } from "node:events";
import { CloseCode } from "@wingbeat/protocol";
import type { FrameData } from "@wingbeat/protocol";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { createEndpoint } from "../../src/index.ts";
import type { Endpoint, EndpointOptions, MountOptions } from "../../src/index.ts";
import { Refusal } from "../../src/admission/refusal.ts";
import { MemoryTransport } from "../../src/transports/memory.ts";
import { send } from "../integration/poll-client.ts";

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** What a client does with its end of a connection. */
export interface End {
  received(data: FrameData): void;
  closed(closed: Closed): void;
}

/** A connection, as a client holds it. */
export interface Line {
  write(data: FrameData): void;
  /** Goes away without a word. */
  drop(): void;
}

export interface Request {
  /** Without its question mark. */
  readonly query: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An endpoint that clients of one kind can connect to. */
export interface Reached {
  readonly endpoint: Endpoint;
  /** Connects, or gives the HTTP status with which the client is refused. */
  connect(request: Request, end: End): Promise<Line | number>;
}

export interface Carrier {
  readonly name: string;
  /** What `info.transport` says. */
  readonly transport: string;
  /** What a client sees when the server closes with this code: a poll only finds that its client is gone. */
  closeCode(code: number): number;
  reach(mount: MountOptions, options?: Partial<EndpointOptions>): Promise<Reached>;
}

function endpointOf(mount: MountOptions, options: Partial<EndpointOptions> = {}): Endpoint {
  const endpoint = createEndpoint({ sockets: { "/socket": mount }, logger: false, ...options });
  onTestFinished(() => endpoint.close({ drain: false }));
  return endpoint;
}

const overWebSocket: Carrier = {
  name: "node:http and WebSocket",
  transport: "websocket",
  closeCode: (code) => code,
  async reach(mount, options) {
    const endpoint = endpointOf(mount, options);
    const { port } = await endpoint.listen(0, "127.0.0.1");
    return {
      endpoint,
      connect({ query, headers = {} }, end) {
        const url = `ws://127.0.0.1:${port}/socket/websocket?${query}`;
        const socket = new WebSocket(url, { headers, perMessageDeflate: false });
        onTestFinished(() => socket.terminate());
        socket.on("error", () => {});
        socket.on("message", (data: Buffer, isBinary) => end.received(isBinary ? data : data.toString()));
        socket.on("close", (code, reason) => end.closed({ code, reason: reason.toString() }));
        const line: Line = { write: (data) => socket.send(data), drop: () => socket.terminate() };
        return Promise.race([
          once(socket, "open").then(() => line),
          once(socket, "unexpected-response").then(([, response]: { statusCode: number }[]) => {
            socket.terminate();
            return (response as { statusCode: number }).statusCode;
          }),
        ]);
      },
    };
  },
};

const overLongPoll: Carrier = {
  name: "node:http and long polling",
  transport: "longpoll",
  closeCode: (code) => (code === CloseCode.serviceRestart ? 500 : 410),
  async reach(mount, options) {
    const endpoint = endpointOf({ ...mount, longpoll: mount.longpoll ?? true, websocket: false }, options);
    const { port } = await endpoint.listen(0, "127.0.0.1");
    return {
      endpoint,
      async connect({ query, headers = {} }, end) {
        const url = `http://127.0.0.1:${port}/socket/longpoll?${query}`;
        const { status, body } = await send(url, { headers });
        if (body.status !== 410) return status === 200 ? body.status : status;
        return new PollLine(`${url}&token=${body.token}`, end);
      },
    };
  },
};

class PollLine implements Line {
  readonly #url: string;
  readonly #end: End;
  readonly #abort = new AbortController();
  #unsent: FrameData[] = [];
  #isClosed = false;

  constructor(url: string, end: End) {
    this.#url = url;
    this.#end = end;
    onTestFinished(() => this.#abort.abort());
    void this.#poll();
  }

  write(data: FrameData): void {
    if (this.#unsent.push(data) === 1) setImmediate(() => void this.#flush());
  }

  /** A long-poll client that has gone is one that polls no more: the test's mounts have short windows for it. */
  drop(): void {
    this.#abort.abort();
  }

  /** What is sent in one turn goes in one POST, 100 messages at most, one POST after the other. */
  async #flush(): Promise<void> {
    try {
      while (this.#unsent.length > 0) {
        const batch = this.#unsent.slice(0, 100);
        const lines = batch.map((data) => (typeof data === "string" ? data : Buffer.from(data).toString("base64")));
        const headers = { "content-type": "application/x-ndjson" };
        await send(this.#url, { method: "POST", body: lines.join("\n"), headers, signal: this.#abort.signal });
        this.#unsent = this.#unsent.slice(batch.length);
      }
    } catch {
      this.#closed({ code: 1006, reason: "" });
    }
  }

  async #poll(): Promise<void> {
    try {
      for (;;) {
        const { body } = await send(this.#url, { signal: this.#abort.signal });
        for (const message of body.messages ?? []) this.#end.received(frameOf(message));
        if (body.status !== 200 && body.status !== 204) return this.#closed({ code: body.status, reason: "" });
      }
    } catch {
      this.#closed({ code: 1006, reason: "" });
    }
  }

  #closed(closed: Closed): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end.closed(closed);
  }
}

/** Text begins as JSON does; bytes are UTF-8 with a control character first, or base64. */
function frameOf(message: string): FrameData {
  if (message.startsWith("[") || message.startsWith("{")) return message;
  return Buffer.from(message, message < " " ? "utf8" : "base64");
}

const inMemory: Carrier = {
  name: "memory",
  transport: "memory",
  closeCode: (code) => code,
  async reach(mount, options) {
    const memory = new MemoryTransport();
    const endpoint = endpointOf({ ...mount, websocket: false, longpoll: false, transports: [memory] }, options);
    return {
      endpoint,
      async connect({ query, headers = {} }, end) {
        const connection = await memory.connect({ url: `/socket/memory?${query}`, headers }, () => ({
          received: (data) => end.received(data),
          closed: (code, reason) => end.closed({ code, reason }),
        }));
        if (connection instanceof Refusal) return connection.answer.status;
        return { write: (data) => connection.receive(data), drop: () => connection.close(1006, "") };
      },
    };
  },
};

export const carriers: readonly Carrier[] = [overWebSocket, overLongPoll, inMemory];
