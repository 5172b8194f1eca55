/** One WebSocket: `ws` does the handshake and reads; encoded frames are written directly to its TCP socket. */
import type { Duplex } from "node:stream";
import { CloseCode } from "@wingbeat/protocol";
import { WebSocket } from "ws";
import { Lag } from "../lag.ts";
import type { Connection, ConnectionHandler, Frame } from "../connection.ts";
import { CoalescedWriter } from "./coalesced-writer.ts";
import { pongFrame, WEBSOCKET } from "./frame.ts";

/** A close frame has room for 125 bytes, two of them for the code (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

/** What a ping counts as, in addition to its payload. */
const PING_BYTES = 100;

/**
 * A server-side WebSocket. `ws` calls `close(code, reason)` to answer a client's close frame, and `close(code)` when a
 * frame was invalid; our own closes go through {@link end}.
 */
export class ServerWebSocket extends WebSocket {
  connection: WebSocketConnection | undefined = undefined;
  /** Node's table of listeners, which it makes anew should there be one: empty, it takes 184 bytes. */
  _events: unknown = undefined;

  /**
   * Takes the events of `ws` without listeners, which every connection would need a table for. After an error `ws` closes
   * the connection itself.
   */
  override emit(event: string | symbol, data?: unknown, isBinary?: unknown): boolean {
    if (event === "message") this.connection?.received(data as Buffer, isBinary as boolean);
    else if (event === "ping") this.connection?.pinged(data as Buffer);
    else if (event === "close") this.connection?.gone(data as number);
    return true;
  }

  /** Answers every close frame of a client with 1000, as Phoenix does; `ws` would echo the client's code. */
  override close(code?: number, reason?: string | Buffer): void {
    const isAnswer = code === undefined || reason !== undefined;
    this.connection?.closed(code ?? 1005, reason?.toString() ?? "");
    super.close(isAnswer ? CloseCode.normal : code);
  }

  end(code: number, reason: string): void {
    super.close(code, reason);
    // The client's close frame is read even while reading is paused.
    this.resume();
  }
}

/** Shared by the connections of a mount. */
export interface ConnectionLimits {
  /** Bytes that may be buffered for a slow client. */
  readonly maxBufferedBytes: number;
  /** Milliseconds a client may stay above that. */
  readonly bufferTimeout: number;
  readonly maxFrameSize: number;
}

/** How many times `maxFrameSize` may be inflated after the server has paused reading. */
const INFLATED_FRAMES = 4;

const NOTHING = Buffer.alloc(0);
/** How often to look whether everything is compressed and written, in ms: `ws` does not tell. */
const COMPRESSION_WAIT = 20;

export class WebSocketConnection extends CoalescedWriter implements Connection {
  readonly #websocket: ServerWebSocket;
  readonly #socket: Duplex & { readonly bytesRead?: number };
  readonly #limits: ConnectionLimits;
  readonly #onGone: (connection: WebSocketConnection) => void;
  readonly #compressed: boolean;
  #handler: ConnectionHandler | undefined = undefined;
  #isOpen = true;
  /** Bytes written. */
  #sent = 0;
  /** The handler has paused reading. */
  #isPaused = false;
  /** Half of the buffer limit is waiting to be written. */
  #isStalled = false;
  #awaitsDrain = false;
  /** More than the buffer limit is buffered. */
  #lag: Lag | undefined = undefined;
  /** Bytes inflated while reading was paused. */
  #inflated = 0;
  #bytesRead = -1;
  /** Milliseconds that the sweep has counted since it last saw new data. */
  #silentFor = 0;

  /** `socket` is the TCP or TLS socket under `websocket`. `onGone` is called once, when that socket is closed. */
  constructor(
    websocket: ServerWebSocket,
    socket: Duplex,
    limits: ConnectionLimits,
    onGone: (connection: WebSocketConnection) => void,
  ) {
    super();
    this.#websocket = websocket;
    this.#compressed = websocket.extensions !== "";
    this.#socket = socket;
    this.#limits = limits;
    this.#onGone = onGone;
    websocket.connection = this;
  }

  get transport(): string {
    return "websocket";
  }

  get bufferedBytes(): number {
    return this.waitingBytes + (this.#compressed ? this.#websocket.bufferedAmount : this.#socket.writableLength);
  }

  get maxBufferedBytes(): number {
    return this.#limits.maxBufferedBytes;
  }

  get sentBytes(): number {
    return this.#sent + this.waitingBytes;
  }

  /** Sets who receives the frames. Called once, right after the handshake. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  received(data: Buffer, isBinary: boolean): void {
    if (this.#compressed && this.#isPaused && this.#isBomb(data.length)) return;
    if (this.#isOpen) this.#handler?.receive(isBinary ? data : data.toString(), data.length);
  }

  /** Answers a ping. It counts as a small frame, which costs about as much to answer. */
  pinged(data: Buffer): void {
    if (!this.#isOpen) return;
    this.#handler?.spend(PING_BYTES + data.length);
    if (!this.#compressed) this.add(pongFrame(data));
    else if (this.#hasRoom()) this.#websocket.pong(data);
  }

  send(frame: Frame): void {
    if (!this.#isOpen) return;
    if (this.#compressed) this.#sendCompressed(frame);
    else this.add(frame.as(WEBSOCKET));
  }

  onWritable(run: () => void): void {
    // By then the frames of this turn are written; what is written after them tells when they have left the buffer.
    setImmediate(() => {
      if (!this.#isOpen || this.#socket.destroyed) return;
      if (this.#compressed && this.#websocket.bufferedAmount > 0)
        setTimeout(() => this.onWritable(run), COMPRESSION_WAIT);
      else {
        this.#socket.write(NOTHING, () => {
          if (this.#isOpen) run();
        });
      }
    });
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.flush();
    const text = truncate(reason, MAX_REASON_BYTES);
    this.closed(code, text);
    this.#websocket.end(code, text);
  }

  /** The connection has ended, or started closing: notifies the handler, once. */
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
    this.#inflated = 0;
    if (!this.#isStalled) this.#websocket.resume();
  }

  /** Writes the frames of a turn, unless too much is buffered for the client. */
  protected override write(bytes: Uint8Array): void {
    if (!this.#isOpen || this.#socket.destroyed) return;
    const buffered = this.#socket.writableLength;
    const { maxBufferedBytes } = this.#limits;
    if (buffered <= maxBufferedBytes) this.#lag = undefined;
    else if (this.#isTooSlow(buffered)) return;
    this.#sent += bytes.length;
    this.#socket.write(bytes);
    if (buffered > maxBufferedBytes / 2) this.#stall();
    else if (this.#isStalled && buffered < maxBufferedBytes / 4) this.#unstall();
  }

  /**
   * Closes the connection when nothing was read from the client for `timeout` ms, even while reading is paused, because
   * a vanished client is not noticed then. Also closes a client that has been behind for too long. Called by the
   * transport's sweep, `passed` ms after the last time.
   */
  closeIfIdle(passed: number, timeout: number): void {
    if (this.#lag !== undefined) this.#closeIfBehind(this.#lag);
    const bytesRead = this.#socket.bytesRead ?? 0;
    if (bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      this.#silentFor = 0;
    } else if (this.#isOpen && (this.#silentFor += passed) >= timeout) {
      this.close(CloseCode.protocolError, `nothing received for ${timeout} ms`);
    }
  }

  /** With permessage-deflate, each client has its own compressor: `ws` writes. */
  #sendCompressed(frame: Frame): void {
    if (!this.#hasRoom()) return;
    this.#sent += frame.data.length;
    this.#websocket.send(frame.data);
  }

  #hasRoom(): boolean {
    const buffered = this.#websocket.bufferedAmount;
    if (buffered > this.#limits.maxBufferedBytes) return !this.#isTooSlow(buffered);
    this.#lag = undefined;
    return true;
  }

  /** More than the buffer limit is buffered: closes the connection if that is too much by now. */
  #isTooSlow(buffered: number): boolean {
    const { maxBufferedBytes, bufferTimeout } = this.#limits;
    this.#lag ??= new Lag();
    if (!this.#lag.isTooMuch(buffered, maxBufferedBytes, bufferTimeout)) return false;
    this.#closeSlow(buffered);
    return true;
  }

  #closeIfBehind(lag: Lag): void {
    const buffered = this.bufferedBytes;
    if (buffered <= this.#limits.maxBufferedBytes) this.#lag = undefined;
    else if (this.#isOpen && lag.isTooLong(this.#limits.bufferTimeout)) this.#closeSlow(buffered);
  }

  /**
   * `ws` inflates all frames of a read (64 kB may become 64 MB) even after it is told to pause. No well-behaved client
   * sends that much at once.
   */
  #isBomb(bytes: number): boolean {
    const { maxFrameSize } = this.#limits;
    if ((this.#inflated += bytes) <= INFLATED_FRAMES * maxFrameSize) return false;
    this.close(
      CloseCode.policyViolation,
      `more than ${INFLATED_FRAMES} × ${maxFrameSize} bytes in compressed frames at once`,
    );
    return true;
  }

  /**
   * When a client sends requests faster than it reads the replies, we stop reading until it has caught up: that alone
   * slows it down.
   */
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
    const { maxBufferedBytes } = this.#limits;
    this.#handler?.tooSlow(buffered, maxBufferedBytes);
    this.closed(CloseCode.tryAgainLater, "slow consumer");
    this.#websocket.end(CloseCode.tryAgainLater, `slow consumer: more than ${maxBufferedBytes} bytes buffered`);
  }
}

/** Truncates a string to this many UTF-8 bytes, at a character boundary. */
function truncate(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  return new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });
}
