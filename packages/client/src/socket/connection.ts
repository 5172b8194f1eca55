/** One connection, from its start to its end. It knows no channels; the socket makes a new one for each reconnect. */
import type { FrameOut } from "../serializer.ts";
import type { CloseEvent, Transport } from "../transport.ts";

/** What a connection tells its socket. Nothing comes after `closed`. */
export interface ConnectionHandler {
  opened(connection: Connection): unknown;
  received(data: unknown, connection: Connection): unknown;
  failed(error: unknown, connection: Connection): unknown;
  closed(event: CloseEvent, connection: Connection): unknown;
}

const STATES = ["connecting", "open", "closing", "closed"] as const;
export type ConnectionState = (typeof STATES)[number];

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
    transport.onopen = () => !this.#ended && handler.opened(this);
    transport.onmessage = ({ data }: { readonly data: unknown }) => !this.#ended && handler.received(data, this);
    // Stays when all is over: `ws` throws errors that nobody listens to.
    transport.onerror = (error: unknown) => !this.#ended && handler.failed(error, this);
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
