/** A WebSocket client that speaks the protocol frame by frame, without a client library. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";
import { ProtocolClient } from "./protocol-client.ts";

export { replyOf } from "./protocol-client.ts";

export class FrameClient extends ProtocolClient {
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    super();
    this.socket = socket;
    socket.on("message", (data: Buffer, isBinary) =>
      this.inbox.put(isBinary ? data : (JSON.parse(data.toString()) as unknown[])),
    );
    socket.on("close", (code, reason) => this.sayClosed({ code, reason: reason.toString() }));
    socket.on("error", () => {});
  }

  /** Connects. Rejects when the server does not upgrade. */
  static async open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<FrameClient> {
    const client = new FrameClient(new WebSocket(url, protocols, { perMessageDeflate: false, ...options }));
    onTestFinished(() => client.socket.terminate());
    await once(client.socket, "open");
    return client;
  }

  override write(text: string): void {
    this.socket.send(text);
  }

  override drop(): void {
    this.socket.terminate();
  }
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
