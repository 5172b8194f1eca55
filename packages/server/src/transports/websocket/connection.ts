/** One WebSocket: `ws` reads and shakes hands; frames are written to its TCP socket ready-made. */
import type { Duplex } from "node:stream";
import { CloseCode } from "@wingbeat/protocol";
import { WebSocket } from "ws";
import type { Connection, ConnectionHandler, Frame } from "../transport.ts";
import { websocketFrame } from "./frame.ts";
import { Outbox } from "./outbox.ts";

/** A close frame has room for 125 bytes, two of them for the code (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

/**
 * The WebSocket of a server. `ws` calls `close(code, reason)` to answer a client's close frame, and `close(code)` when
 * a frame broke the rules; our own closes go through {@link end}.
 */
export class ServerWebSocket extends WebSocket {
  connection: WebSocketConnection | undefined = undefined;

  /** Answers every close frame of a client with 1000, as Phoenix does; `ws` would echo the client's code. */
  override close(code?: number, reason?: string | Buffer): void {
    const isAnswer = code === undefined || reason !== undefined;
    this.connection?.closed(code ?? 1005, reason?.toString() ?? "");
    super.close(isAnswer ? CloseCode.normal : code);
  }

  end(code: number, reason: string): void {
    super.close(code, reason);
    // The client's close frame is read also when its messages were not.
    this.resume();
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  (this as ServerWebSocket).connection?.received(data as Buffer, isBinary);
}

function onClose(this: WebSocket, code: number): void {
  (this as ServerWebSocket).connection?.gone(code);
}

/** `ws` closes the connection by itself after an error, which arrives through `close`. */
function onError(): void {}

export class WebSocketConnection extends Outbox implements Connection {
  readonly transport = "websocket";
  readonly #websocket: ServerWebSocket;
  readonly #socket: Duplex & { readonly bytesRead?: number };
  readonly #bufferLimit: number;
  readonly #onGone: (connection: WebSocketConnection) => void;
  readonly #compressed: boolean;
  #handler: ConnectionHandler | undefined = undefined;
  #isOpen = true;
  /** The handler wants nothing read. */
  #isPaused = false;
  /** Half of the buffer limit waits to be written. */
  #isStalled = false;
  #awaitsDrain = false;
  #bytesRead = -1;
  /** Milliseconds that the sweep has seen pass since it last found something new. */
  #silentFor = 0;

  /** `socket` is the TCP or TLS socket under `websocket`. `onGone` is called once, when that socket is closed. */
  constructor(
    websocket: ServerWebSocket,
    socket: Duplex,
    bufferLimit: number,
    onGone: (connection: WebSocketConnection) => void,
  ) {
    super();
    this.#websocket = websocket;
    this.#compressed = websocket.extensions !== "";
    this.#socket = socket;
    this.#bufferLimit = bufferLimit;
    this.#onGone = onGone;
    websocket.connection = this;
    websocket.on("message", onMessage);
    websocket.on("close", onClose);
    websocket.on("error", onError);
  }

  get bufferedBytes(): number {
    return this.waitingBytes + (this.#compressed ? this.#websocket.bufferedAmount : this.#socket.writableLength);
  }

  /** Says who gets the frames. Called once, right after the handshake. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  received(data: Buffer, isBinary: boolean): void {
    if (this.#isOpen) this.#handler?.receive(isBinary ? data : data.toString());
  }

  send(frame: Frame): void {
    if (!this.#isOpen) return;
    if (this.#compressed) this.#sendCompressed(frame);
    else this.add((frame.wire ??= websocketFrame(frame.data)));
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.flush();
    const text = truncate(reason, MAX_REASON_BYTES);
    this.closed(code, text);
    this.#websocket.end(code, text);
  }

  /** The connection has ended, or has begun to: tells the handler, once. */
  closed(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.flush();
    this.#isOpen = false;
    this.#handler?.closed(code, reason);
  }

  /** The TCP connection is closed: the last thing that happens. */
  gone(code: number): void {
    this.closed(code, "");
    this.#onGone(this);
  }

  /** Ends the TCP connection at once, without a close frame. */
  terminate(): void {
    this.#websocket.terminate();
  }

  pause(): void {
    this.#isPaused = true;
    this.#websocket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isStalled) this.#websocket.resume();
  }

  /** Writes a turn's frames, unless the client has let too many bytes pile up. */
  protected override write(bytes: Uint8Array): void {
    if (!this.#isOpen || this.#socket.destroyed) return;
    const buffered = this.#socket.writableLength;
    if (buffered > this.#bufferLimit) {
      this.#closeSlow(buffered);
      return;
    }
    this.#socket.write(bytes);
    if (buffered > this.#bufferLimit / 2) this.#stall();
    else if (this.#isStalled && buffered < this.#bufferLimit / 4) this.#unstall();
  }

  /**
   * Closes the connection when nothing was read from the client for `timeout` ms; also while reading is paused, because
   * a client that has gone away is not noticed then. Asked by the transport's sweep, `passed` ms after the last time.
   */
  closeIfIdle(passed: number, timeout: number): void {
    const bytesRead = this.#socket.bytesRead ?? 0;
    if (bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      this.#silentFor = 0;
    } else if (this.#isOpen && (this.#silentFor += passed) >= timeout) {
      this.close(CloseCode.protocolError, `nothing was received for ${timeout} ms`);
    }
  }

  /** With permessage-deflate, each client has a compressor of its own: `ws` writes. */
  #sendCompressed(frame: Frame): void {
    const buffered = this.#websocket.bufferedAmount;
    if (buffered > this.#bufferLimit) this.#closeSlow(buffered);
    else this.#websocket.send(frame.data);
  }

  /** A client that asks faster than it reads the answers is not read until it has caught up: that alone slows it down. */
  #stall(): void {
    if (this.#isStalled) return;
    this.#isStalled = true;
    this.#websocket.pause();
    if (this.#awaitsDrain) return;
    this.#awaitsDrain = true;
    this.#socket.once("drain", () => {
      this.#awaitsDrain = false;
      this.#unstall();
    });
  }

  #unstall(): void {
    this.#isStalled = false;
    if (!this.#isPaused) this.#websocket.resume();
  }

  #closeSlow(buffered: number): void {
    this.#handler?.tooSlow(buffered, this.#bufferLimit);
    this.closed(CloseCode.tryAgainLater, "slow consumer");
    this.#websocket.end(CloseCode.tryAgainLater, `slow consumer: more than ${this.#bufferLimit} bytes wait to be read`);
  }
}

/** Cuts a text to so many UTF-8 bytes, at a character. */
function truncate(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  return new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });
}
