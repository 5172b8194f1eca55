/* oxlint-disable unicorn/prefer-add-event-listener -- a transport has callbacks */
/** A connection to a fake server: the transport that a socket makes for itself. */
import type { FrameData } from "@wingbeat/protocol";
import type { Transport } from "../transport.ts";

type Callback = ((event: never) => unknown) | null;

/** What a connection needs from its server. */
export interface ConnectionServer {
  /** Runs when what a client has done has come to the server. */
  arrives(run: () => void): void;
  /** The transport of a client asks for a connection. */
  connecting(connection: FakeConnection): void;
  received(connection: FakeConnection, frame: FrameData): void;
  ended(connection: FakeConnection): void;
}

export class FakeConnection implements Transport {
  readonly url: string;
  readonly protocols: readonly string[];
  readyState = 0;
  /** No timers of heartbeats: the connection never breaks unnoticed. */
  readonly skipHeartbeat = true;
  onopen: Callback = null;
  onmessage: Callback = null;
  onerror: Callback = null;
  onclose: Callback = null;
  readonly #server: ConnectionServer;
  /** Frames on their way. */
  readonly #sent: FrameData[] = [];

  constructor(server: ConnectionServer, url: string, protocols: readonly string[] = []) {
    this.#server = server;
    this.url = url;
    this.protocols = protocols;
    server.arrives(() => this.readyState === 0 && server.connecting(this));
  }

  /** It is our client's: others are told less. */
  get hasExtensions(): boolean {
    return /[?&]wingbeat=1(&|$)/.test(this.url);
  }

  // What a transport has.

  send(data: string | ArrayBuffer | Uint8Array): void {
    if (this.readyState !== 1) throw new Error("the connection is not open");
    this.#sent.push(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    this.#server.arrives(() => {
      const frame = this.#sent.shift();
      if (this.readyState === 1 && frame !== undefined) this.#server.received(this, frame);
    });
  }

  close(code = 1005, reason = ""): void {
    this.drop(this.readyState === 1 ? code : 1006, reason);
  }

  // What the server does.

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  /** The frame is there at once, unless the connection has ended. */
  deliver(frame: FrameData): void {
    if (this.readyState !== 1) return;
    const data = typeof frame === "string" ? frame : frame.slice().buffer;
    this.onmessage?.({ data } as never);
  }

  /** The connection ends. */
  drop(code = 1006, reason = ""): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#server.ended(this);
    this.onclose?.({ code, reason, wasClean: code !== 1006 } as never);
  }

  /** It never opens. */
  fail(why: string): void {
    this.onerror?.(new Error(why) as never);
    this.drop();
  }

  /** The client hears nothing more, not even that. */
  mute(): void {
    this.onopen = this.onmessage = this.onerror = this.onclose = null;
  }
}
