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
  opened(connection: Connection): unknown;
  received(data: unknown, connection: Connection): unknown;
  failed(error: unknown): unknown;
  closed(event: CloseEvent, connection: Connection): unknown;
}

export interface Connection {
  readonly transport: Transport;
  readonly state: () => ConnectionState;
  /** A transport that cannot send the frame has failed. */
  send(frame: FrameOut): void;
  /** Approximately the bytes sent that have left the buffer. */
  sentBytes(): number;
  /** Whether anything was received, or sent out, since the last call. */
  hasMoved(): boolean;
  /** Ignores everything received from now on. */
  mute(): void;
  /** Closes once the send buffer is empty, and calls back when that is done or has taken too long. */
  close(done?: () => void, code?: number, reason?: string): void;
  /** Starts closing without waiting. */
  closeNow(code?: number, reason?: string): void;
  /** Closes and ends at once: the peer may be gone, and nobody waits for its last messages. */
  abandon(reason: string): void;
  /** The same because of an error. */
  fail(error: unknown, reason: string): void;
}

const STATES = ["connecting", "open", "closing", "closed"] as const;
export type ConnectionState = (typeof STATES)[number];

const NORMAL_CLOSURE = 1000;
const ABNORMAL_CLOSURE = 1006;

/** Waits of 150, 300, 450 and 600 ms: the send buffer has 1.5 s to drain, and so has the closing handshake. */
const WAIT_MS = 150;
const WAITS = 4;

export function connectionOver(transport: Transport, handler: ConnectionHandler): Connection {
  let wasOpened = false;
  let isMuted = false;
  let ended = false;
  /** Something was received or sent out. */
  let moved = false;
  /** Bytes in the send buffer after the last frame. */
  let waiting = 0;
  let sent = 0;

  const buffered = () => transport.bufferedAmount ?? 0;
  const noteProgress = () => (moved ||= buffered() < waiting);

  function end(event: CloseEvent): void {
    if (ended) return;
    ended = true;
    handler.closed(event, connection);
  }

  const connection: Connection = {
    transport,
    state: () => STATES[transport.readyState] ?? "closed",
    send(frame) {
      noteProgress();
      sent += typeof frame === "string" ? frame.length : frame.byteLength;
      try {
        transport.send(frame);
      } catch (error) {
        queueMicrotask(() => failed(error));
      }
      waiting = buffered();
    },
    sentBytes: () => sent - buffered(),
    hasMoved() {
      const hasMoved = noteProgress();
      moved = false;
      waiting = buffered();
      return hasMoved;
    },
    mute: () => (isMuted = true),
    close(done, code, reason) {
      waitUntil(
        () => !transport.bufferedAmount,
        () => {
          connection.closeNow(code, reason);
          waitUntil(
            () => transport.readyState === 3,
            () => {
              end({ code: ABNORMAL_CLOSURE, reason: "no closing handshake", wasClean: false });
              if (done) run(done);
            },
          );
        },
      );
    },
    closeNow(code, reason = "") {
      try {
        if (code === undefined) transport.close();
        else transport.close(code, reason);
      } catch (error) {
        // Most likely a code or reason that the transport does not allow.
        report(error);
        run(() => transport.close());
      }
    },
    abandon(reason) {
      if (ended) return;
      ended = true;
      connection.close(undefined, NORMAL_CLOSURE, reason);
      handler.closed({ code: ABNORMAL_CLOSURE, reason, wasClean: false }, connection);
    },
    fail(error, reason) {
      if (ended) return;
      handler.failed(error);
      connection.abandon(reason);
    },
  };

  /** `close` usually follows in the same turn. Some transports never send it: Node 22's built-in WebSocket, for one. */
  function failed(error: unknown): void {
    if (ended) return;
    handler.failed(error);
    setTimeout(() => connection.abandon("connection_error"));
  }

  transport.onopen = () => {
    if (ended || wasOpened) return;
    wasOpened = true;
    handler.opened(connection);
  };
  transport.onmessage = (event?: { readonly data?: unknown }) => {
    if (ended || isMuted) return;
    moved = true;
    handler.received(event?.data, connection);
  };
  // Kept after the end: `ws` throws errors that have no listener.
  transport.onerror = failed;
  transport.onclose = (event?: CloseEvent) => end(event ?? { code: ABNORMAL_CLOSURE, reason: "" });
  return connection;
}

function waitUntil(isDone: () => boolean, then: () => void, tries = 1): void {
  if (isDone() || tries > WAITS) return then();
  setTimeout(() => waitUntil(isDone, then, tries + 1), WAIT_MS * tries);
}
