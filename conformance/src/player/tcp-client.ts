import { connect, type Socket } from "node:net";
import { splitFrames } from "./frames.ts";
import { Inbox } from "./inbox.ts";
import type { Action } from "./steps.ts";

type RawConnect = Extract<Action, { rawConnect: string }>;

/** The key of the handshakes; the recorded `sec-websocket-accept` belongs to it. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** A TCP client that does the handshake by hand, then reports every frame it is sent. */
export class TcpClient {
  readonly inbox = new Inbox();
  readonly #client: string;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #upgraded = false;

  constructor(base: URL, { client, rawConnect, headers = {} }: RawConnect) {
    this.#client = client;
    this.#socket = connect({ host: base.hostname, port: Number(base.port), allowHalfOpen: true });
    this.#socket.write(requestText(base, rawConnect, headers));
    this.#socket.on("data", (bytes) => this.#read(bytes));
    this.#socket.on("end", () => {
      this.inbox.put({ client, tcp: "FIN from server" });
      this.#socket.end();
    });
    this.#socket.on("error", () => undefined); // "close" follows
    this.#socket.on("close", () => this.inbox.put({ client, tcp: "closed" }));
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    if (!this.#upgraded && !this.#readHandshake()) return;
    const { frames, rest } = splitFrames(this.#received);
    this.#received = rest;
    for (const frame of frames) this.inbox.put({ client: this.#client, recvRaw: frame.toString("hex") });
  }

  #readHandshake(): boolean {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return false;
    this.#upgraded = true;
    const lines = this.#received.subarray(0, end).toString("latin1").split("\r\n");
    this.inbox.put({ client: this.#client, handshake: lines });
    this.#received = this.#received.subarray(end + 4);
    return true;
  }

  send(hex: string): void {
    this.#socket.write(Buffer.from(hex, "hex"));
  }

  end(): void {
    this.#socket.end();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === "open";
  }

  drop(): void {
    this.#socket.removeAllListeners("close").destroy();
  }
}

function requestText(base: URL, path: string, headers: Record<string, string>): string {
  const lines = {
    Host: base.host,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const fields = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${fields.join("")}\r\n`;
}
