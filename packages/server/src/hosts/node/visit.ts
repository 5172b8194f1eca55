/** Requests of node:http, as admission and transports see them. */
import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { HttpAnswer } from "../../admission/answer.ts";
import type { Peer, Visit } from "../../admission/visit.ts";
import type { RequestHeaders } from "../../socket/connect-info.ts";
import type { BodyFault, Exchange, Unfinished, Upgrade } from "../host.ts";
import { answer, answerEarly, answerUpgrade, endUnread, endUpgrade } from "./answer.ts";
import { readBody } from "./body.ts";

/** Asks the operating system for the address when it is read. */
class NodePeer implements Peer {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get address(): string {
    return this.#socket.remoteAddress ?? "";
  }

  get port(): number {
    return this.#socket.remotePort ?? 0;
  }

  get encrypted(): boolean {
    return (this.#socket as Partial<TLSSocket>).encrypted === true;
  }
}

abstract class NodeVisit implements Visit {
  readonly native: IncomingMessage;

  constructor(request: IncomingMessage) {
    this.native = request;
  }

  get method(): string {
    return this.native.method ?? "GET";
  }

  get url(): string {
    return this.native.url ?? "/";
  }

  /** Node joins repeated headers, except for `set-cookie`, which no request should have. */
  get headers(): RequestHeaders {
    const { headers } = this.native;
    if (headers["set-cookie"] === undefined) return headers as RequestHeaders;
    return { ...headers, "set-cookie": headers["set-cookie"].join(", ") } as RequestHeaders;
  }

  abstract readonly peer: Peer;

  abstract onGone(run: () => void): () => void;
}

export class NodeExchange extends NodeVisit implements Exchange {
  /** Read at once: the client may stay when this connection has gone. */
  readonly peer: Peer;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    super(request);
    const { address, port, encrypted } = new NodePeer(request.socket);
    this.peer = { address, port, encrypted };
    this.#response = response;
  }

  get isGone(): boolean {
    return this.#response.destroyed;
  }

  answer(content: HttpAnswer, readWithin = Infinity): void {
    answer(this.#response, content);
    if (readWithin !== Infinity) endUnread(this.#response, readWithin);
  }

  answerEarly(content: HttpAnswer, ms: number): Promise<void> {
    return answerEarly(this.native, this.#response, content, ms);
  }

  readBody(maxBytes: number, ms: number, unfinished: Unfinished): Promise<Buffer | BodyFault> {
    return readBody(this.native, maxBytes, ms, unfinished);
  }

  destroy(): void {
    this.#response.destroy();
  }

  onGone(run: () => void): () => void {
    const { socket } = this.native;
    if (socket.destroyed) return afterwards(run);
    // A response queued behind another one on the same connection is not notified when the connection ends.
    const isPipelined = this.#response.socket === null;
    if (isPipelined) setMaxListeners(0, socket);
    const stream = isPipelined ? socket : this.#response;
    stream.once("close", run);
    return () => void stream.off("close", run);
  }
}

/** How many bytes a client may send before its handshake is answered. It should send none (RFC 6455, section 4.1). */
const EARLY_LIMIT = 64 * 1024;

export class NodeUpgrade extends NodeVisit implements Upgrade {
  readonly socket: Duplex;
  #early: Buffer[];
  #earlyBytes: number;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer) {
    super(request);
    this.socket = socket;
    this.#early = [head];
    this.#earlyBytes = head.length;
  }

  get peer(): Peer {
    return new NodePeer(this.native.socket);
  }

  /** Bytes that arrived after the request. */
  get head(): Buffer {
    return this.#early.length === 1 ? (this.#early[0] as Buffer) : Buffer.concat(this.#early);
  }

  answer(content: HttpAnswer): void {
    answerUpgrade(this.socket, content);
  }

  /** Writes the last bytes for the client, and closes the connection. */
  end(bytes: Buffer): void {
    endUpgrade(this.socket, bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** The socket is read meanwhile, because an unread socket does not report that the peer has gone. */
  onGone(run: () => void): () => void {
    const { socket } = this;
    if (socket.destroyed) return afterwards(run);
    const onData = (chunk: Buffer): void => {
      this.#early.push(chunk);
      this.#earlyBytes += chunk.length;
      if (this.#earlyBytes > EARLY_LIMIT) socket.destroy();
    };
    // A half-closed connection cannot become a WebSocket.
    const onEnd = (): void => void socket.destroy();
    socket.on("data", onData).once("end", onEnd).once("close", run);
    socket.resume();
    return () => {
      socket.off("data", onData).off("end", onEnd).off("close", run);
      socket.pause();
    };
  }
}

function afterwards(run: () => void): () => void {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}
