/** A WebSocket client made of bytes: writes whatever it is given, tells each frame that it reads, never throws. */
import { connect } from "node:net";
import type { Socket } from "node:net";
import { constants, inflateRawSync } from "node:zlib";
import { firstFrame, frameBytes, Opcode } from "../integration/websocket-bytes.ts";
import type { WireFrame } from "../integration/websocket-bytes.ts";

export { closeBytes, frameBytes, Opcode } from "../integration/websocket-bytes.ts";

export interface RawClientEvents {
  /** A data frame of the server. */
  frame(opcode: number, payload: Buffer): void;
  /** Once: the code of the server's close frame (1005: an empty one), or 1006 when the connection ended without. */
  closed(code: number, reason: string): void;
}

export interface RawClientOptions {
  /** Offers permessage-deflate. */
  readonly compress?: boolean;
  readonly headers?: string;
}

const DEFLATE_TAIL = Buffer.from([0, 0, 0xff, 0xff]);

export class RawClient {
  readonly socket: Socket;
  readonly #events: RawClientEvents;
  /** The status of the HTTP answer, when it is no upgrade. */
  status = 0;
  #isUpgraded = false;
  #isClosed = false;
  #rest: Buffer = Buffer.alloc(0);
  #opened: (() => void) | undefined = undefined;

  private constructor(port: number, events: RawClientEvents) {
    this.#events = events;
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.socket.on("data", (bytes) => this.#read(bytes));
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.#close(1006, ""));
  }

  /** Resolves when the server has upgraded the connection, or has ended it. */
  static async open(
    port: number,
    path: string,
    events: RawClientEvents,
    { compress = false, headers = "" }: RawClientOptions = {},
  ): Promise<RawClient> {
    const client = new RawClient(port, events);
    const extensions = compress
      ? "sec-websocket-extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n"
      : "";
    client.socket.write(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        `sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extensions}${headers}\r\n`,
    );
    await new Promise<void>((resolve) => (client.#opened = resolve));
    return client;
  }

  get isOpen(): boolean {
    return this.#isUpgraded && !this.#isClosed;
  }

  write(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  text(text: string): void {
    this.write(frameBytes(Opcode.text, text));
  }

  /** Resolves when all that was written is with the system, or the connection has ended. */
  async drained(): Promise<void> {
    const { socket } = this;
    if (!socket.writableNeedDrain || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off("drain", done).off("close", done);
        resolve();
      };
      socket.on("drain", done).on("close", done);
    });
  }

  drop(): void {
    this.socket.destroy();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  #close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.closed(code, reason);
    this.#opened?.();
  }

  #read(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#isUpgraded && !this.#readHead()) return;
    for (;;) {
      const frame = firstFrame(this.#rest);
      if (frame === undefined) return;
      this.#rest = this.#rest.subarray(frame.size);
      this.#received(frame);
    }
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end < 0) return false;
    this.status = Number(this.#rest.toString("latin1", 9, 12));
    if (this.status !== 101) {
      this.socket.destroy();
      return false;
    }
    this.#rest = this.#rest.subarray(end + 4);
    this.#isUpgraded = true;
    this.#opened?.();
    return true;
  }

  #received({ opcode, payload, isCompressed }: WireFrame): void {
    if (opcode === Opcode.close) {
      const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.#close(code, payload.subarray(2).toString());
      this.socket.end(frameBytes(Opcode.close, payload));
    } else if (opcode === Opcode.ping) this.write(frameBytes(Opcode.pong, payload));
    else if (opcode !== Opcode.pong) this.#events.frame(opcode, isCompressed ? inflated(payload) : payload);
  }
}

const inflated = (payload: Buffer): Buffer =>
  inflateRawSync(Buffer.concat([payload, DEFLATE_TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
