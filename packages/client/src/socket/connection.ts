/* oxlint-disable unicorn/prefer-add-event-listener -- long polling and phoenix.js's transports have callbacks alone */
/** One connection, from its start to its end. It knows no channels; the socket makes a new one for each reconnect. */
import type { FrameOut } from "../serializer.ts";
import type { CloseEvent, Transport } from "../transport.ts";

/** What a connection tells its socket. Nothing comes after `closed`. */
export interface ConnectionHandler {
  opened(): unknown;
  received(data: unknown): unknown;
  failed(error: unknown): unknown;
  closed(event: CloseEvent, connection: Connection): unknown;
}

const STATES = ["connecting", "open", "closing", "closed"] as const;
export type ConnectionState = (typeof STATES)[number];

/** Who closes with it does not want to come back; a server, that nobody comes back. */
export const NORMAL_CLOSURE = 1000;

/** Waits of 150, 300, 450 and 600 ms: what is buffered has 1.5 s to leave, and so has the closing handshake. */
const WAIT_MS = 150;
const WAITS = 4;

export class Connection {
  readonly transport: Transport;
  readonly #handler: ConnectionHandler;
  #ended = false;

  constructor(transport: Transport, handler: ConnectionHandler) {
    this.transport = transport;
    this.#handler = handler;
    transport.onopen = () => !this.#ended && handler.opened();
    transport.onmessage = ({ data }: { readonly data: unknown }) => !this.#ended && handler.received(data);
    // Stays when all is over: `ws` throws errors that nobody listens to.
    transport.onerror = (error: unknown) => !this.#ended && handler.failed(error);
    transport.onclose = (event: CloseEvent) => this.#end(event);
  }

  get state(): ConnectionState {
    return STATES[this.transport.readyState] ?? "closed";
  }

  send(frame: FrameOut): void {
    this.transport.send(frame as string);
  }

  /** Closes when what was sent has left, and calls back when that is done or was waited for long enough. */
  close(done?: () => void, code?: number, reason = ""): void {
    const { transport } = this;
    waitUntil(
      () => !transport.bufferedAmount,
      () => {
        if (code === undefined) transport.close();
        else transport.close(code, reason);
        waitUntil(
          () => transport.readyState === 3,
          () => {
            this.#end({ code: 1006, reason: "no closing handshake", wasClean: false });
            done?.();
          },
        );
      },
    );
  }

  /** Closes, and is over at once: the other end may not be there to answer, and nobody waits for its last messages. */
  abandon(reason: string): void {
    this.close(undefined, NORMAL_CLOSURE, reason);
    this.#end({ code: 1006, reason, wasClean: false });
  }

  #end(event: CloseEvent): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handler.closed(event, this);
  }
}

function waitUntil(isDone: () => boolean, then: () => void, tries = 1): void {
  if (isDone() || tries > WAITS) return then();
  setTimeout(() => waitUntil(isDone, then, tries + 1), WAIT_MS * tries);
}
