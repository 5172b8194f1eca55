/** A server that is good to its clients, or not: it speaks to them as its mood says. */
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Random } from "../random.ts";
import { frameBytes, Opcode } from "../raw-client.ts";
import { TOPICS } from "./victim.ts";

/** One client's connection, as a mood sees it. */
export interface Line {
  readonly socket: Socket;
  readonly random: Random;
  /** Writes raw bytes, unless the client has stopped reading. */
  write(bytes: Uint8Array): void;
  text(text: string): void;
}

/** A message of the client. */
export type ClientMessage = readonly [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  unknown,
];

export interface Mood {
  readonly name: string;
  /** Instead of the answer to a request to upgrade. Default: the upgrade. */
  readonly door?: (line: Line) => void;
  /** When the client has been let in. */
  readonly opened?: (line: Line) => void;
  readonly received?: (line: Line, message: ClientMessage) => void;
  /** Every 10 ms on each connection. */
  readonly tick?: (line: Line) => void;
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export class HostileServer {
  /** Connections of the present mood. */
  connects = 0;
  readonly #server: Server;
  readonly #random: Random;
  readonly #lines = new Set<Line>();
  /** What the page is, for browsers. */
  readonly #page: string;
  #mood: Mood = { name: "good" };
  #isGood = true;
  /** Topics that the client has joined since the server is good, and on which it has pushed. */
  readonly #back = new Set<string>();
  #whenBack: (() => void) | undefined = undefined;
  readonly #ticker: NodeJS.Timeout;

  constructor(random: Random, page = "") {
    this.#random = random;
    this.#page = page;
    this.#server = createServer({ noDelay: true }, (socket) => this.#connected(socket));
    this.#ticker = setInterval(() => {
      for (const line of this.#lines) this.#mood.tick?.(line);
    }, 10);
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections, and treats those that come as the mood says. */
  turn(mood: Mood): void {
    this.#isGood = false;
    this.#begin(mood);
  }

  /** Resolves when the client is back on all its topics and has been answered, or after `ms`: then it gives false. */
  turnGood(ms: number): Promise<boolean> {
    this.#isGood = true;
    this.#back.clear();
    return new Promise((resolve) => {
      const patience = setTimeout(() => resolve(false), ms);
      this.#whenBack = () => {
        clearTimeout(patience);
        resolve(true);
      };
      this.#begin({ name: "good", received: (line, message) => this.#answer(line, message) });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#ticker);
    this.#server.close();
    for (const line of this.#lines) line.socket.destroy();
  }

  #begin(mood: Mood): void {
    this.#mood = mood;
    this.connects = 0;
    for (const line of this.#lines) line.socket.resetAndDestroy();
    this.#lines.clear();
  }

  #answer(line: Line, [joinRef, ref, topic, event]: ClientMessage): void {
    line.text(JSON.stringify([joinRef, ref, topic, "phx_reply", { status: "ok", response: {} }]));
    if (event === "echo" && this.#isGood) this.#back.add(topic);
    if (this.#back.size === TOPICS.length) this.#whenBack?.();
  }

  #connected(socket: Socket): void {
    const line: Line = {
      socket,
      random: this.#random,
      write: (bytes) => void (socket.writableNeedDrain || socket.destroyed || socket.write(bytes)),
      text: (text) => line.write(frameBytes(Opcode.text, text, { masked: false })),
    };
    socket.on("error", () => {}).on("close", () => this.#lines.delete(line));
    let received: Buffer = Buffer.alloc(0);
    let isOpen = false;
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (!isOpen) {
        const end = received.indexOf("\r\n\r\n");
        if (end < 0) return;
        isOpen = this.#atTheDoor(line, received.toString("latin1", 0, end));
        received = received.subarray(end + 4);
      }
      if (isOpen) received = this.#read(line, received);
    });
  }

  /** Whether the client has been let in. */
  #atTheDoor(line: Line, head: string): boolean {
    const key = /^sec-websocket-key: *(.*)$/im.exec(head)?.[1];
    if (key === undefined) {
      const html = `<!doctype html><title>page</title><script>${this.#page}</script>`;
      const length = Buffer.byteLength(html);
      line.socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${length}\r\n\r\n${html}`);
      return false;
    }
    this.connects++;
    this.#lines.add(line);
    if (this.#mood.door !== undefined) {
      this.#mood.door(line);
      return false;
    }
    const accept = createHash("sha1").update(`${key.trim()}${GUID}`).digest("base64");
    line.socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    this.#mood.opened?.(line);
    return true;
  }

  /** Reads all whole frames. Gives what is left. */
  #read(line: Line, bytes: Buffer): Buffer {
    for (let rest = bytes; ;) {
      const short = (rest[1] ?? 0) & 0x7f;
      const head = short < 126 ? 2 : 4;
      if (rest.length < head + 4) return rest;
      const length = short < 126 ? short : rest.readUInt16BE(2);
      const size = head + 4 + length;
      if (rest.length < size) return rest;
      const payload = Buffer.from(rest.subarray(head + 4, size));
      for (let at = 0; at < length; at++) payload[at]! ^= rest[head + (at & 3)]!;
      if (((rest[0] as number) & 0x0f) === Opcode.text) {
        this.#mood.received?.(line, JSON.parse(payload.toString()) as ClientMessage);
      } else if (((rest[0] as number) & 0x0f) === Opcode.close)
        line.socket.end(frameBytes(Opcode.close, payload, { masked: false }));
      rest = rest.subarray(size);
    }
  }
}
