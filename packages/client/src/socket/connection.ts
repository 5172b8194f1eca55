/* oxlint-disable unicorn/prefer-add-event-listener -- long polling and phoenix.js's transports have callbacks alone */
/**
 * One connection, from start to end. It knows nothing of channels; the socket creates a new one for each reconnect. It
 * does not trust its transport: events may be missing, repeated or in any order, and every method may throw.
 */
import { report, run } from "../listeners.ts";
import type { FrameOut } from "../serializer.ts";
import type { CloseEvent, Transport } from "../transport.ts";

/** What a connection reports to its socket. Nothing follows `closed`. */
export interface ConnectionHandler {
  /** At most once. */
  opened(): unknown;
  received(data: unknown, connection: Connection): unknown;
  failed(error: unknown): unknown;
  closed(event: CloseEvent, connection: Connection): unknown;
}

const STATES = ["connecting", "open", "closing", "closed"] as const;
export type ConnectionState = (typeof STATES)[number];

const NORMAL_CLOSURE = 1000;

/** Waits of 150, 300, 450 and 600 ms: the send buffer has 1.5 s to drain, and so has the closing handshake. */
const WAIT_MS = 150;
const WAITS = 4;

export class Connection {
  readonly transport: Transport;
  readonly #handler: ConnectionHandler;
  #wasOpened = false;
  #isMuted = false;
  #ended = false;
  /** Something was received or sent out. */
  #moved = false;
  /** Bytes in the send buffer after the last frame. */
  #waiting = 0;
  #sent = 0;

  constructor(transport: Transport, handler: ConnectionHandler) {
    this.transport = transport;
    this.#handler = handler;
    transport.onopen = () => this.#opened();
    transport.onmessage = (event?: { readonly data?: unknown }) => this.#received(event?.data);
    // Kept after the end: `ws` throws errors that have no listener.
    transport.onerror = (error: unknown) => this.#failed(error);
    transport.onclose = (event?: CloseEvent) => this.#end(event ?? { code: 1006, reason: "" });
  }

  get state(): ConnectionState {
    return STATES[this.transport.readyState] ?? "closed";
  }

  /** A transport that cannot send the frame has failed. */
  send(frame: FrameOut): void {
    this.#noteProgress();
    this.#sent += typeof frame === "string" ? frame.length : frame.byteLength;
    try {
      this.transport.send(frame as string);
    } catch (error) {
      queueMicrotask(() => this.#failed(error));
    }
    this.#waiting = this.#buffered;
  }

  /** Approximately the bytes sent that have left the buffer. */
  get sentBytes(): number {
    return this.#sent - this.#buffered;
  }

  /** Whether anything was received, or sent out, since the last call. */
  hasMoved(): boolean {
    this.#noteProgress();
    const moved = this.#moved;
    this.#moved = false;
    this.#waiting = this.#buffered;
    return moved;
  }

  /** Ignores everything received from now on. */
  mute(): void {
    this.#isMuted = true;
  }

  /** Closes once the send buffer is empty, and calls back when that is done or has taken too long. */
  close(done?: () => void, code?: number, reason = ""): void {
    waitUntil(
      () => !this.transport.bufferedAmount,
      () => {
        this.closeNow(code, reason);
        waitUntil(
          () => this.transport.readyState === 3,
          () => {
            this.#end({ code: 1006, reason: "no closing handshake", wasClean: false });
            if (done !== undefined) run(done);
          },
        );
      },
    );
  }

  /** Starts closing without waiting. */
  closeNow(code?: number, reason = ""): void {
    const { transport } = this;
    try {
      if (code === undefined) transport.close();
      else transport.close(code, reason);
    } catch (error) {
      // Most likely a code or reason that the transport does not allow.
      report(error);
      run(() => transport.close());
    }
  }

  /** Closes and ends at once: the peer may be gone, and nobody waits for its last messages. */
  abandon(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.close(undefined, NORMAL_CLOSURE, reason);
    this.#handler.closed({ code: 1006, reason, wasClean: false }, this);
  }

  /** The same because of an error. */
  fail(error: unknown, reason: string): void {
    if (this.#ended) return;
    this.#handler.failed(error);
    this.abandon(reason);
  }

  #opened(): void {
    if (this.#ended || this.#wasOpened) return;
    this.#wasOpened = true;
    this.#handler.opened();
  }

  #received(data: unknown): void {
    if (this.#ended || this.#isMuted) return;
    this.#moved = true;
    this.#handler.received(data, this);
  }

  /** `close` usually follows in the same turn. Some transports never send it: Node 22's built-in WebSocket, for one. */
  #failed(error: unknown): void {
    if (this.#ended) return;
    this.#handler.failed(error);
    setTimeout(() => this.abandon("transport error"));
  }

  #end(event: CloseEvent): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handler.closed(event, this);
  }

  get #buffered(): number {
    return this.transport.bufferedAmount ?? 0;
  }

  #noteProgress(): void {
    if (this.#buffered < this.#waiting) this.#moved = true;
  }
}

function waitUntil(isDone: () => boolean, then: () => void, tries = 1): void {
  if (isDone() || tries > WAITS) return then();
  setTimeout(() => waitUntil(isDone, then, tries + 1), WAIT_MS * tries);
}
