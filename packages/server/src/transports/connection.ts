/**
 * The contract between a transport and the process of a socket: one connected client. A transport knows nothing of
 * sockets, a socket nothing of the network.
 */
import type { FrameData } from "@wingbeat/protocol";

/** One way to write a frame, for example as a WebSocket frame. The object is the key: make one, and share it. */
export interface Encoding<T> {
  encode(data: FrameData): T;
}

/**
 * One encoded outgoing message, shared by all receivers of a broadcast. Each encoding is made once, when it is first
 * asked for.
 */
export class Frame {
  readonly data: FrameData;
  /** The first encoding that was asked for, and its result: nearly always the only one. */
  #encoding: Encoding<unknown> | undefined = undefined;
  #encoded: unknown = undefined;
  #others: Map<Encoding<unknown>, unknown> | undefined = undefined;

  constructor(data: FrameData) {
    this.data = data;
  }

  /** The frame in an encoding. Asked once for each receiver of a broadcast: as fast as reading a field. */
  as<T>(encoding: Encoding<T>): T {
    return this.#encoding === encoding ? (this.#encoded as T) : this.#make(encoding);
  }

  #make<T>(encoding: Encoding<T>): T {
    const { data } = this;
    if (this.#encoding === undefined) {
      const encoded = encoding.encode(data);
      this.#encoding = encoding;
      this.#encoded = encoded;
      return encoded;
    }
    this.#others ??= new Map();
    if (!this.#others.has(encoding)) this.#others.set(encoding, encoding.encode(data));
    return this.#others.get(encoding) as T;
  }
}

/** What a transport provides: one connected client. */
export interface Connection {
  /** The name of the transport: `websocket`, `longpoll`, `memory`. */
  readonly transport: string;
  /** Bytes buffered for sending. */
  readonly bufferedBytes: number;
  /** Beyond so many a client that does not catch up is closed. For whoever can wait with what it sends. */
  readonly maxBufferedBytes?: number;
  /** All bytes sent so far, buffered ones included. For transports that cannot tell what has arrived of them. */
  readonly sentBytes?: number;
  /** Milliseconds for which the client has not come for what is buffered. For transports whose clients must come for it. */
  readonly unreadFor?: number;
  /** Sends after everything sent before. Does nothing once the connection is closing. */
  send(frame: Frame): void;
  /**
   * Calls `run` once, later, when the client has room again: what was sent until now has left the buffer. Never called
   * when the connection closes first.
   */
  onWritable(run: () => void): void;
  /** Sends what is buffered, then closes. */
  close(code: number, reason: string): void;
  /** Stops reading from the client (a mailbox is full). */
  pause(): void;
  resume(): void;
}

/** What a transport calls for each connection. */
export interface ConnectionHandler {
  /** A frame of this many bytes arrived: text as a string, binary as bytes. Never throws. */
  receive(data: FrameData, bytes: number): void;
  /** This many bytes arrived that are not a frame for {@link receive}: they count against the client's rate. */
  spend(bytes: number): void;
  /** A slow consumer is about to be closed: more than `limit` bytes are buffered for it. */
  tooSlow(bufferedBytes: number, limit: number): void;
  /** The connection is gone, or being closed by either side; called once. Nothing is sent or received afterwards. */
  closed(code: number, reason: string): void;
}
