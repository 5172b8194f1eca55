import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { readAnswer } from "./http-client.ts";
import { Inbox } from "./inbox.ts";
import type { Action } from "./steps.ts";

type Connect = Extract<Action, { connect: string }>;
export type Send = Extract<Action, { send: string } | { sendBin: string } | { sendPing: string }>;

/** A WebSocket client that reports everything it sees to its inbox. */
export class WebSocketClient {
  readonly inbox = new Inbox();
  readonly #client: string;
  readonly #tcp: Socket;
  readonly #socket: WebSocket;
  #opened = false;
  /** The upgrade failed: what the socket says after that is about its own tidying up. */
  #failed = false;

  constructor(base: URL, { client, connect: path, headers = {}, protocols = [] }: Connect) {
    this.#client = client;
    this.#tcp = connect({ host: base.hostname, port: Number(base.port) });
    this.#socket = new WebSocket(`ws://${base.host}${path}`, protocols, {
      headers,
      perMessageDeflate: false,
      createConnection: () => this.#tcp,
    });
    this.#watch();
  }

  #watch(): void {
    const { inbox } = this;
    const client = this.#client;
    const socket = this.#socket;
    socket.on("open", () => {
      this.#opened = true;
      inbox.put({ client, open: true, ...(socket.protocol === "" ? {} : { protocol: socket.protocol }) });
    });
    socket.on("unexpected-response", (_request, response) => void this.#refused(response));
    socket.on("message", (data: Buffer, isBinary: boolean) =>
      inbox.put(isBinary ? { client, recvBin: data.toString("hex") } : { client, recv: data.toString() }),
    );
    socket.on("pong", (data) => inbox.put({ client, recvPong: data.toString("hex") }));
    // Errors of an open socket show in the code of the close that follows.
    socket.on("error", (error) => {
      if (this.#opened || this.#failed) return;
      this.#failed = true;
      inbox.put({ client, error: error.message });
    });
    socket.on("close", (code, reason) => {
      if (!this.#failed) inbox.put({ client, close: { code, reason: reason.toString() } });
    });
  }

  async #refused(response: IncomingMessage): Promise<void> {
    this.#failed = true;
    this.inbox.put({ client: this.#client, refused: await readAnswer(response) });
  }

  /** Sends messages in one write, so that the server reads them together. */
  send(steps: Send[]): void {
    this.#tcp.cork();
    for (const step of steps) {
      if ("send" in step) this.#socket.send(step.send);
      else if ("sendBin" in step) this.#socket.send(Buffer.from(step.sendBin, "hex"));
      else this.#socket.ping(Buffer.from(step.sendPing, "hex"));
    }
    this.#tcp.uncork();
  }

  close({ code, reason }: { code?: number; reason?: string }): void {
    this.#socket.close(code, reason);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Drops the connection at the end of a play. */
  drop(): void {
    this.#failed = true;
    this.#tcp.destroy();
  }
}
