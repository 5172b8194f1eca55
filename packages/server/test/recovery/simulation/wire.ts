/** The connection of a client: a line with a rate, a delay, and two ends that learn of its end at different times. */
import type { FrameData } from "@wingbeat/protocol";
import type { Transport } from "@wingbeat/client";
import type { Connection, ConnectionHandler, Frame } from "../../../src/transports/connection.ts";
import type { Actor, VirtualClock } from "./clock.ts";
import type { OnWire, Wire } from "./story.ts";

type Callback = ((event: never) => unknown) | null;

/** The client's end: what `new Socket` takes as a transport. */
export class ClientEnd implements Transport {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "arraybuffer";
  onopen: Callback = null;
  onmessage: Callback = null;
  onerror: Callback = null;
  onclose: Callback = null;
  line: Line | undefined = undefined;
  /** Called before a frame is handled. */
  onFrame: () => void = () => {};

  send(data: string | ArrayBuffer | Uint8Array): void {
    if (this.readyState === 1) this.line?.fromClient(data as FrameData);
  }

  close(code = 1000, reason = ""): void {
    if (this.readyState > 1) return;
    this.readyState = 2;
    if (this.line === undefined) this.ended(1006, "");
    else this.line.closeByClient(code, reason);
  }

  opened(): void {
    this.readyState = 1;
    this.#tell(this.onopen, {});
  }

  received(data: FrameData): void {
    if (this.readyState !== 1) return;
    this.onFrame();
    this.#tell(this.onmessage, { data });
  }

  ended(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#tell(this.onclose, { code, reason, wasClean: code !== 1006 });
  }

  #tell(callback: Callback, event: unknown): void {
    (callback as ((event: unknown) => unknown) | null)?.(event);
  }
}

/** Its two ends and how it is: of a client or a node. */
export interface LineEnds {
  readonly clock: VirtualClock;
  readonly node: Actor;
  readonly client: Actor;
  /** Milliseconds, each time. */
  delay(): number;
  /** Bytes per millisecond to the client. */
  rate(): number;
}

export class Line implements Connection {
  readonly transport = "simulated";
  readonly wire: Wire;
  readonly node: Actor;
  readonly #ends: LineEnds;
  readonly #end: ClientEnd;
  #handler: ConnectionHandler | undefined = undefined;
  #isOpen = true;
  #isCut = false;
  bufferedBytes = 0;
  /** Small, so that clients are served in many steps. */
  readonly maxBufferedBytes = 2_000;
  sentBytes = 0;
  /** When the last of what was sent has left the buffer, and when it arrives. */
  #freeAt = 0;
  #arrivesAt = 0;
  /** When the last that the client has sent arrives. */
  #heardAt = 0;
  #unread: FrameData[] | undefined = undefined;

  constructor(name: string, ends: LineEnds, end: ClientEnd) {
    this.wire = { name, messages: [] };
    this.node = ends.node;
    this.#ends = ends;
    this.#end = end;
  }

  /** The server has let it in. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#toClient(() => this.#end.opened());
  }

  send(frame: Frame): void {
    if (!this.#isOpen) return;
    const { clock, node, rate } = this.#ends;
    const bytes = frame.data.length;
    this.#log("server", frame.data);
    this.bufferedBytes += bytes;
    this.sentBytes += bytes;
    this.#freeAt = Math.max(this.#freeAt, clock.now) + bytes / rate();
    clock.at(this.#freeAt, () => (this.bufferedBytes -= bytes), node);
    this.#toClient(() => this.#end.received(frame.data), this.#freeAt);
  }

  onWritable(run: () => void): void {
    const { clock, node } = this.#ends;
    clock.at(this.#freeAt, () => this.#isOpen && run(), node);
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler?.closed(code, reason);
    this.#toClient(() => this.#end.ended(code, reason));
  }

  pause(): void {
    this.#unread ??= [];
  }

  resume(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const data of unread) this.#receive(data);
  }

  fromClient(data: FrameData): void {
    this.#log("client", data);
    this.#toServer(() => this.#receive(data));
  }

  closeByClient(code: number, reason: string): void {
    this.#toServer(() => this.#gone(code, reason));
    this.#toClient(() => this.#end.ended(code, reason));
  }

  /** It breaks. Each end notices when it notices; nothing arrives any more. */
  cut(clientNotices: number, serverNotices: number): void {
    if (this.#isCut) return;
    this.#isCut = true;
    const { clock, client, node } = this.#ends;
    clock.after(clientNotices, () => this.#end.ended(1006, ""), client);
    clock.after(serverNotices, () => this.#gone(1006, ""), node);
  }

  #receive(data: FrameData): void {
    if (this.#unread !== undefined) this.#unread.push(data);
    else if (this.#isOpen) this.#handler?.receive(data, data.length);
  }

  #gone(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler?.closed(code, reason);
  }

  #toClient(run: () => void, sentAt = this.#ends.clock.now): void {
    const { clock, client, delay } = this.#ends;
    this.#arrivesAt = Math.max(this.#arrivesAt, sentAt + delay());
    clock.at(this.#arrivesAt, () => this.#isCut || run(), client);
  }

  #toServer(run: () => void): void {
    const { clock, node, delay } = this.#ends;
    this.#heardAt = Math.max(this.#heardAt, clock.now + delay());
    clock.at(this.#heardAt, () => this.#isCut || run(), node);
  }

  #log(from: OnWire["from"], data: FrameData): void {
    if (typeof data !== "string") return;
    const at = this.#ends.clock.now;
    this.wire.messages.push({ from, at, message: JSON.parse(data) as unknown[] });
  }
}
