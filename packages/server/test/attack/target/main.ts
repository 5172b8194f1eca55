/**
 * The application that is attacked, in a process of its own, with everything at its defaults: an endpoint that listens,
 * and another one beside an application on a server of its own.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEndpoint, defineSocket, ok, refuse } from "../../../src/index.ts";
import type { Endpoint, HttpAnswer, LogLevel, PubSubAdapter } from "../../../src/index.ts";
import { inspector } from "../../../src/inspector.ts";
import type { EngineOptions } from "../../../src/pubsub/remote/engine-adapter.ts";
import { clusterAdapter } from "../../../src/pubsub/adapters/cluster.ts";
import { adapterOf } from "../../processes/adapters.ts";
import type { MeshName } from "../engines/wiretaps.ts";
import { answer, settings } from "../child.ts";
import { channels, presence } from "./channels.ts";
import { Recorder } from "./recorder.ts";

export interface TargetSettings {
  readonly level: LogLevel;
  readonly isStructured: boolean;
  /** Milliseconds of silence after which a client is closed, where a minute would be long. */
  readonly timeout?: number;
  /** A node of several. */
  readonly node?: NodeOptions;
}

export interface NodeOptions {
  readonly engine: MeshName;
  readonly port: number;
  readonly nodeName: string;
  readonly secret?: string;
}

export interface TargetPorts {
  /** Of the endpoint that listens. */
  readonly own: number;
  /** Of the server of an application, to which an endpoint is attached. */
  readonly shared: number;
}

const { level, isStructured, timeout, node } = settings<TargetSettings>();
const recorder = new Recorder();
const adapterOptions = ({ nodeName, secret }: NodeOptions): EngineOptions => ({
  nodeName,
  ...(secret === undefined ? {} : { secret }),
});

const socket = defineSocket({
  connect: (params) =>
    ok({ id: typeof params["id"] === "string" ? params["id"] : "nobody" }, { expiresAt: Date.now() + 3_600_000 }),
  id: ({ id }) => id,
  channels,
});

/** Lets in nobody who asks for it, and shows the reason in its answer. */
const guarded = defineSocket({
  connect: async ({ refuse: reason, crash }) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (crash !== undefined) throw new Error(String(crash));
    return reason === undefined ? ok({}) : refuse({ reason });
  },
  channels,
});
const errorHandler = (reason: unknown): HttpAnswer => {
  const text = String((reason as { reason?: unknown }).reason);
  return { status: 401, headers: { "x-reason": text }, body: text };
};

const silence = timeout === undefined ? {} : { timeout };
function newEndpoint(pubsub?: PubSubAdapter): Endpoint {
  const endpoint = createEndpoint({
    ...(pubsub === undefined ? {} : { pubsub }),
    sockets: {
      "/socket": { socket, websocket: silence, longpoll: { window: 2_000 } },
      "/compressed": { socket, websocket: { ...silence, compress: true } },
      "/guarded": { socket: guarded, websocket: { errorHandler }, longpoll: { window: 2_000 }, authToken: true },
    },
    health: "/health",
    presence: [presence],
    logger: recorder.logger(level, isStructured),
  });
  inspector({ endpoint });
  return endpoint;
}

async function adapterFor(options: NodeOptions): Promise<PubSubAdapter> {
  const { engine, port } = options;
  return engine === "cluster"
    ? clusterAdapter(adapterOptions(options))
    : adapterOf(engine, port, adapterOptions(options));
}

const own = newEndpoint(node && (await adapterFor(node)));
const { port } = await own.listen(0, "127.0.0.1");

const server = createServer((request, response) => {
  if (request.method === "GET") return void response.end(`application: ${request.url}`);
  let length = 0;
  request.on("data", (bytes: Buffer) => (length += bytes.length));
  request.on("end", () => response.end(`application: ${length} bytes`));
});
newEndpoint().attach(server);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

const ports: TargetPorts = { own: port, shared: (server.address() as AddressInfo).port };
answer({
  ports: () => ports,
  rest: () => recorder.rest(),
  held: () => recorder.held(),
  figures: () => recorder.figures(own),
});
