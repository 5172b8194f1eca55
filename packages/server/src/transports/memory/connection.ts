/** A connection in memory: what the server sends is with the client at once. */
import type { FrameData } from "@wingbeat/protocol";
import type { Connection, ConnectionHandler, Frame } from "../connection.ts";

/** The client's end. */
export interface MemoryClient {
  received(data: FrameData): void;
  closed(code: number, reason: string): void;
}

export class MemoryConnection implements Connection {
  readonly transport: string;
  /** The client reads everything at once. */
  readonly bufferedBytes = 0;
  readonly #client: MemoryClient;
  #handler: ConnectionHandler | undefined = undefined;
  #isOpen = true;
  #isPaused = false;
  /** What the client sent while the server was not reading. */
  #unread: FrameData[] = [];

  constructor(client: MemoryClient, transport = "memory") {
    this.#client = client;
    this.transport = transport;
  }

  /** Sets the receiver of the client's frames. Called once. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  /** A frame of the client. */
  receive(data: FrameData): void {
    if (!this.#isOpen) return;
    if (this.#isPaused) this.#unread.push(data);
    else this.#handler?.receive(data, typeof data === "string" ? Buffer.byteLength(data) : data.length);
  }

  send(frame: Frame): void {
    if (this.#isOpen) this.#client.received(frame.data);
  }

  onWritable(run: () => void): void {
    setImmediate(() => {
      if (this.#isOpen) run();
    });
  }

  /** Either end closes the connection. */
  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler?.closed(code, reason);
    this.#client.closed(code, reason);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const unread = this.#unread;
    this.#unread = [];
    for (const data of unread) this.receive(data);
  }
}
