/** Completes handshakes with `ws`, and looks after the open connections: the idle sweep, the end. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Server } from "ws";
import { WingbeatError } from "../../errors.ts";
import type { Connection, ConnectionHandler } from "../connection.ts";
import { sweepEvery } from "../sweep.ts";
import { ServerWebSocket, WebSocketConnection } from "./connection.ts";
import type { ConnectionLimits } from "./connection.ts";
import type { Handshake } from "./handshake.ts";
import { guardReceiver } from "./receiver-guard.ts";

export interface AcceptorOptions extends ConnectionLimits {
  /** Milliseconds without data from the client after which it is closed with 1002. */
  readonly timeout: number;
  /** Whether to accept permessage-deflate when a client offers it. */
  readonly compress: boolean;
}

/**
 * How many fragments a message may have. Each can keep alive the 64 kB buffer it was read with, if the rest is filled
 * with pings. Browsers send fragments of 128 kB.
 */
const MAX_FRAGMENTS = 1_024;
/** How long a client may take to answer a close frame, in ms, before the TCP connection is ended. */
const CLOSE_OPTIONS = { closeTimeout: 10_000 };
/** How often the idle sweep runs per timeout: a client is closed at most 10 % late. */
const SWEEPS_PER_TIMEOUT = 20;
const SWEEPS_PER_BUFFER_TIMEOUT = 4;

export class WebSocketAcceptor {
  readonly #options: AcceptorOptions;
  readonly #server: Server<typeof ServerWebSocket>;
  readonly #connections = new Set<WebSocketConnection>();
  #onEmpty: (() => void) | undefined = undefined;
  readonly #forget = (connection: WebSocketConnection): void => {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  };
  #sweeper: NodeJS.Timeout | undefined = undefined;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      WebSocket: ServerWebSocket,
      autoPong: false, // the connection answers pings itself
      maxPayload: maxPayload(options.maxFrameSize),
      maxFragments: MAX_FRAGMENTS,
      perMessageDeflate: options.compress,
      ...CLOSE_OPTIONS,
    });
    this.#server.on("headers", addSubprotocol);
  }

  /**
   * Completes a handshake and connects the client to the handler that `open` returns; `open` is not called when the
   * client has gone.
   */
  accept(
    handshake: Handshake,
    socket: Duplex,
    head: Buffer,
    subprotocol: string | undefined,
    open: (connection: Connection) => ConnectionHandler,
  ): void {
    socket.resume();
    this.#server.handleUpgrade(requestOf(handshake, subprotocol), socket, head, (websocket) => {
      if (websocket.extensions !== "" && !guardReceiver(websocket)) throw unknownWs();
      const connection = new WebSocketConnection(websocket, socket, this.#options, this.#forget);
      this.#connections.add(connection);
      this.#sweep();
      connection.start(open(connection));
    });
  }

  /** Waits until all closing connections are closed; after `ms` terminates the rest. Then stops the sweep. */
  async stop(ms: number): Promise<void> {
    const deadline = setTimeout(() => {
      for (const connection of this.#connections) connection.terminate();
    }, ms);
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    clearTimeout(deadline);
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #sweep(): void {
    if (this.#sweeper !== undefined) return;
    const { timeout, bufferTimeout } = this.#options;
    const interval = Math.min(timeout / SWEEPS_PER_TIMEOUT, bufferTimeout / SWEEPS_PER_BUFFER_TIMEOUT);
    this.#sweeper = sweepEvery(interval, (passed) => {
      for (const connection of this.#connections) connection.closeIfIdle(passed, timeout);
    });
  }
}

/** The payload that fits in a masked frame of this many bytes: `ws` counts without the header, Phoenix with it. */
function maxPayload(maxFrameSize: number): number {
  const lengthBytes = maxFrameSize <= 125 + 6 ? 0 : maxFrameSize <= 65_535 + 8 ? 2 : 8;
  return Math.max(1, maxFrameSize - 6 - lengthBytes);
}

const unknownWs = (): WingbeatError =>
  new WingbeatError(
    "WB_OPTION",
    "websocket.compress does not work with the installed version of ws: install the one that wingbeat depends on.",
  );

/** The request as passed to `ws`: what we have parsed, and nothing else that `ws` could parse differently. */
interface ReadRequest extends IncomingMessage {
  readonly subprotocol: string | undefined;
}

function requestOf({ key, deflate }: Handshake, subprotocol: string | undefined): ReadRequest {
  const headers = {
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
    "sec-websocket-extensions": deflate,
  };
  return { method: "GET", url: "/", headers, subprotocol } as unknown as ReadRequest;
}

function addSubprotocol(headers: string[], request: IncomingMessage): void {
  const { subprotocol } = request as ReadRequest;
  if (subprotocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
}
