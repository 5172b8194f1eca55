/**
 * The part of WebSocket that the socket needs. The browser's, the `ws` package's, React Native's and {@link LongPoll}
 * all fit: the socket creates one for each connection with `new Transport(url, protocols)` and sets its callbacks.
 */
export interface Transport {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes not sent yet. A connection is closed once they are sent, or after 1.5 s. */
  readonly bufferedAmount?: number;
  /** True for transports that detect a lost connection themselves: the socket then sends no heartbeats. */
  readonly skipHeartbeat?: boolean;
  binaryType?: string;
  /** Milliseconds that a long poll may take. */
  timeout?: number;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  send(data: string | ArrayBuffer | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

/** What the `transport` option takes: `WebSocket`, {@link LongPoll}, or a class of the same shape. */
export interface TransportClass {
  new (url: string, protocols?: string[]): Transport;
  /** True for long polling, which has its own framing of text: a custom codec is then not allowed. */
  readonly isLongPoll?: boolean;
}

/** The part of a browser's CloseEvent that every transport provides. */
export interface CloseEvent {
  /** PROTOCOL.md, section 10, lists the codes; 1006 is a connection that broke. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean?: boolean;
}
