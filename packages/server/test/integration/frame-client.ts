/** A WebSocket client that speaks the protocol frame by frame, without a client library. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";
import { gate, Inbox } from "./inbox.ts";

/** A V2 message: `[join_ref, ref, topic, event, payload]`. Binary frames are Buffers. */
export type Received = unknown[] | Buffer;

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class FrameClient {
  readonly socket: WebSocket;
  readonly inbox = new Inbox<Received>();
  /** How the connection ended. */
  readonly closed: Promise<Closed>;
  #lastRef = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    const { passed, open } = gate<Closed>();
    this.closed = passed;
    socket.on("message", (data: Buffer, isBinary) =>
      this.inbox.put(isBinary ? data : (JSON.parse(data.toString()) as unknown[])),
    );
    socket.on("close", (code, reason) => open({ code, reason: reason.toString() }));
    socket.on("error", () => {});
  }

  /** Connects. Rejects when the server does not upgrade. */
  static async open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<FrameClient> {
    const client = new FrameClient(new WebSocket(url, protocols, { perMessageDeflate: false, ...options }));
    onTestFinished(() => client.socket.terminate());
    await once(client.socket, "open");
    return client;
  }

  send(...message: readonly unknown[]): void {
    this.socket.send(JSON.stringify(message));
  }

  next(): Promise<Received> {
    return this.inbox.next();
  }

  /** Joins with join_ref `1` (or the given one) and gives the status and response of the reply, which must come next. */
  async join(topic: string, payload: unknown = {}, joinRef = "1"): Promise<unknown> {
    this.send(joinRef, joinRef, topic, "phx_join", payload);
    return replyOf(await this.next());
  }

  /** Pushes with a new ref and gives the reply, which must come next. */
  async call(topic: string, event: string, payload: unknown = {}, joinRef: string | null = "1"): Promise<unknown> {
    this.send(joinRef, `c${++this.#lastRef}`, topic, event, payload);
    return replyOf(await this.next());
  }

  /** Resolves when the server has handled all that was sent before: a heartbeat is answered in order. */
  async settled(): Promise<void> {
    this.send(null, "settled", "phoenix", "heartbeat", {});
    for (;;) {
      const frame = await this.next();
      if (Array.isArray(frame) && frame[1] === "settled") return;
    }
  }
}

/** `{status, response}` of a reply frame. */
export function replyOf(frame: Received): unknown {
  if (Array.isArray(frame) && frame[3] === "phx_reply") return frame[4];
  throw new Error(`this is no reply: ${JSON.stringify(frame)}`);
}

export interface Refused {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** The HTTP answer to a connection that is not upgraded. */
export async function refusal(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<Refused> {
  const socket = new WebSocket(url, protocols, options);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, body, headers: response.headers };
}
