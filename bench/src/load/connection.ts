import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { readTextFrames, textFrame } from "./framing.ts";

/** Where a load connects to: `path` is the request target with its query. */
export interface Target {
  host: string;
  port: number;
  path: string;
}

/** Takes what a connection receives. It is exchanged on the connection as a test goes on. */
export interface Receiver {
  /** The WebSocket is open. */
  opened?(connection: Connection): void;
  /** One text frame, at `bytes[start, end)`. The bytes are only valid during the call. */
  text(connection: Connection, bytes: Buffer, start: number, end: number): void;
}

// Any key will do, so that request and accept value are the same for all connections.
const KEY = "d2luZ2JlYXQgYmVuY2ggMQ==";
const ACCEPT = acceptValue(KEY);

// All reads of the process land in this one buffer: a read is taken apart before the next one can happen.
const received = Buffer.allocUnsafeSlow(65_536);

let reads = 0;
let bytes = 0;

// Connections with frames to write at the end of the read that caused them.
const unflushed: Connection[] = [];

/** A WebSocket client connection that spends as little as it can, so that the load is not what is measured. */
export class Connection {
  /** Index in the topics of the test. */
  readonly topicIndex: number;
  readonly topic: string;
  receiver: Receiver;
  /** The number that the next message to this connection must carry. */
  next = 0;
  readonly #socket: Socket;
  readonly #onText: (start: number, end: number) => void;
  #open = false;
  #closing = false;
  #chunk: Buffer = received;
  #rest: Buffer | null = null;
  #outgoing: Buffer[] = [];

  constructor(target: Target, topicIndex: number, topic: string, receiver: Receiver) {
    this.topicIndex = topicIndex;
    this.topic = topic;
    this.receiver = receiver;
    this.#onText = (start, end) => this.receiver.text(this, this.#chunk, start, end);
    this.#socket = connect({
      host: target.host,
      port: target.port,
      noDelay: true,
      onread: { buffer: received, callback: (count) => this.#read(count) },
    });
    this.#socket.on("error", (error) => this.#lost(error.message));
    this.#socket.on("close", () => this.#lost("closed by the server"));
    this.#socket.write(upgradeRequest(target));
  }

  /** Sends one text. Texts sent while a read is taken apart leave in one write at its end. */
  send(text: string): void {
    if (this.#outgoing.length === 0) unflushed.push(this);
    this.#outgoing.push(textFrame(text));
  }

  /** Drops the connection with a TCP reset, so that no port stays in TIME_WAIT. */
  drop(): void {
    this.#closing = true;
    this.#socket.resetAndDestroy();
  }

  flush(): void {
    const frames = this.#outgoing;
    this.#outgoing = [];
    this.#socket.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
  }

  #read(count: number): true {
    reads += 1;
    bytes += count;
    let length = count;
    this.#chunk = received;
    if (this.#rest !== null) {
      this.#chunk = Buffer.concat([this.#rest, received.subarray(0, count)]);
      length = this.#chunk.length;
      this.#rest = null;
    }
    let at = this.#open ? 0 : this.#readHandshake(length);
    if (this.#open) at = readTextFrames(this.#chunk, at, length, this.#onText);
    if (at < length) this.#rest = Buffer.from(this.#chunk.subarray(at, length));
    flushAll();
    return true;
  }

  #readHandshake(length: number): number {
    const bytes = this.#chunk.subarray(0, length);
    const end = bytes.indexOf("\r\n\r\n");
    if (end === -1) return 0;
    const response = bytes.toString("latin1", 0, end);
    if (!response.startsWith("HTTP/1.1 101 ") || !response.includes(ACCEPT)) {
      throw new Error(`the server refused the WebSocket: ${response}`);
    }
    this.#open = true;
    this.receiver.opened?.(this);
    return end + 4;
  }

  #lost(reason: string): void {
    if (!this.#closing) throw new Error(`a connection to ${this.topic} was lost: ${reason}`);
  }
}

/** How often anything was received, and how many bytes of TCP, on all connections together. */
export function traffic(): { reads: number; bytes: number } {
  return { reads, bytes };
}

/** Writes what connections were given to send outside of a read. */
export function flushAll(): void {
  for (const connection of unflushed) connection.flush();
  unflushed.length = 0;
}

function upgradeRequest({ host, port, path }: Target): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`
  );
}

function acceptValue(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
