/** The client's end of an in-memory connection: decodes what the server sends immediately. */
import { v2Client } from "@wingbeat/protocol";
import type { FrameData, Message } from "@wingbeat/protocol";
import type { Connection, ConnectionHandler, Frame } from "../transports/connection.ts";

/** The events for the test client. */
export interface ConnectionObserver {
  received(message: Message): void;
  closed(code: number, reason: string): void;
}

export class MemoryConnection implements Connection {
  readonly transport = "websocket";
  readonly bufferedBytes = 0;
  readonly #observer: ConnectionObserver;
  #handler: ConnectionHandler | undefined = undefined;
  #isOpen = true;
  #isPaused = false;
  /** What the client sent while the server was not reading. */
  #unread: FrameData[] = [];

  constructor(observer: ConnectionObserver) {
    this.#observer = observer;
  }

  /** Sets the receiver of the client's frames. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  /** A frame of the client. */
  receive(data: FrameData): void {
    if (!this.#isOpen) return;
    if (this.#isPaused) this.#unread.push(data);
    else this.#handler?.receive(data, data.length);
  }

  send(frame: Frame): void {
    if (this.#isOpen) this.#observer.received(v2Client.decode(frame.data));
  }

  /** The test client reads everything at once. */
  onWritable(run: () => void): void {
    setImmediate(() => {
      if (this.#isOpen) run();
    });
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler?.closed(code, reason);
    this.#observer.closed(code, reason);
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
