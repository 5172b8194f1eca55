/** A WebSocket client made of bytes: for frames that no library would send, and for clients that stop reading. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { gate, Inbox } from "./inbox.ts";
import { firstFrame, frameBytes, Opcode } from "./websocket-bytes.ts";
import type { WireFrame } from "./websocket-bytes.ts";

export { closeBytes, frameBytes, Opcode } from "./websocket-bytes.ts";

export class TcpClient {
  readonly socket: Socket;
  readonly inbox = new Inbox<WireFrame>();
  /** The code and reason of the server's close frame; code 1006 when the connection ended without one. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #sayClosed: (closed: { code: number; reason: string }) => void;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, head: Buffer) {
    const { passed, open } = gate<{ code: number; reason: string }>();
    this.socket = socket;
    this.closed = passed;
    this.#sayClosed = open;
    this.#read(head);
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("error", () => {});
    socket.on("close", () => open({ code: 1006, reason: "" }));
  }

  /** Connects and shakes hands. Rejects when the server does not upgrade. */
  static async open(port: number, path = "/socket/websocket?vsn=2.0.0"): Promise<TcpClient> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    let answer = Buffer.alloc(0);
    while (!answer.includes("\r\n\r\n")) {
      const [bytes] = (await once(socket, "data")) as [Buffer];
      answer = Buffer.concat([answer, bytes]);
    }
    const end = answer.indexOf("\r\n\r\n") + 4;
    if (!answer.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(answer.toString("latin1"));
    return new TcpClient(socket, answer.subarray(end));
  }

  write(bytes: Uint8Array): boolean {
    return this.socket.write(bytes);
  }

  text(text: string): boolean {
    return this.write(frameBytes(Opcode.text, text));
  }

  send(...message: readonly unknown[]): boolean {
    return this.text(JSON.stringify(message));
  }

  /** The next message as JSON. */
  async next(): Promise<unknown> {
    return JSON.parse((await this.inbox.next()).payload.toString());
  }

  /** Drops the connection without a close frame. */
  drop(): void {
    this.socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    for (;;) {
      const frame = firstFrame(this.#received);
      if (frame === undefined) return;
      this.#received = this.#received.subarray(frame.size);
      const { opcode, payload } = frame;
      if (opcode !== Opcode.close) this.inbox.put(frame);
      else {
        const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
        this.#sayClosed({ code, reason: payload.subarray(2).toString() });
        this.socket.end(frameBytes(Opcode.close, payload));
      }
    }
  }
}
