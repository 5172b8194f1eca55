/** An endpoint with an inspector, and the requests that people and attackers send to it. */
import { once } from "node:events";
import { request } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { WebSocket } from "ws";
import { createEndpoint } from "../../src/endpoint.ts";
import type { EndpointOptions } from "../../src/endpoint/config.ts";
import { defineChannel } from "../../src/channel.ts";
import { ok } from "../../src/channel/result.ts";
import { readOptions } from "../../src/inspector/options.ts";
import type { InspectorOptions } from "../../src/inspector/options.ts";
import { Page } from "../../src/inspector/page.ts";
import { serveInspection } from "../../src/inspector/serve.ts";
import { defineSocket } from "../../src/socket.ts";
import { FakeInspection } from "./fake-inspection.ts";

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const room = defineChannel("room:{id}").join(() => ok());
export const userSocket = defineSocket({ connect: () => ok(), channels: [room] });

export class Inspected {
  readonly inspection = new FakeInspection();
  readonly endpoint;
  readonly inspector;
  port = 0;

  constructor(options: Omit<InspectorOptions, "endpoint"> = {}, endpointOptions: Partial<EndpointOptions> = {}) {
    this.endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false, ...endpointOptions });
    const page = new Page(new URL("page/", import.meta.url));
    this.inspector = serveInspection(readOptions({ endpoint: this.endpoint, ...options }), this.inspection, page);
  }

  async listen(host = "127.0.0.1"): Promise<this> {
    ({ port: this.port } = await this.endpoint.listen(0, host));
    return this;
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** A request of a program on this machine. */
  ask(path: string, headers: OutgoingHttpHeaders = {}, method = "GET", body = "", from = "127.0.0.1"): Promise<Got> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          port: this.port,
          host: "127.0.0.1",
          localAddress: from,
          path,
          method,
          agent: false,
          headers: { host: `localhost:${this.port}`, "user-agent": "test", ...headers },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
          response.on("error", reject);
        },
      );
      sent.on("error", reject).end(body);
    });
  }

  /** As the page asks for it. */
  askTicket(headers: OutgoingHttpHeaders = {}): Promise<Got> {
    return this.ask("/inspector/ticket", { origin: this.origin, "sec-fetch-site": "same-origin", ...headers }, "POST");
  }

  async ticket(headers: OutgoingHttpHeaders = {}): Promise<string> {
    const { body } = await this.askTicket(headers);
    return (JSON.parse(body) as { readonly ticket: string }).ticket;
  }

  /** Opens the page's socket; gives the status of the answer: 101 is open. */
  async handshake(ticket: string | undefined, headers: OutgoingHttpHeaders = {}): Promise<number> {
    const socket = this.open(ticket, headers);
    const status = await new Promise<number>((resolve) => {
      socket.on("open", () => resolve(101));
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("error", () => resolve(0));
    });
    socket.terminate();
    return status;
  }

  open(ticket: string | undefined, headers: OutgoingHttpHeaders = {}): WebSocket {
    const protocols =
      ticket === undefined
        ? []
        : ["phoenix", `base64url.bearer.phx.${Buffer.from(ticket).toString("base64url").replace(/=+$/, "")}`];
    return new WebSocket(`ws://127.0.0.1:${this.port}/inspector/socket/websocket?vsn=2.0.0`, protocols, {
      headers: { host: `localhost:${this.port}`, "user-agent": "test", origin: this.origin, ...headers },
    });
  }
}

export const closed = async (socket: WebSocket): Promise<number> => (await once(socket, "close"))[0] as number;
