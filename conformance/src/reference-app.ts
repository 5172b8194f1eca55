/**
 * The application that the golden transcripts were recorded from, in Wingbeat: same mounts, topics, events and admin
 * paths, so that a player of transcripts finds the same frames.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEndpoint } from "wingbeat";
import { adminListener } from "./reference-app/admin.ts";
import { presence } from "./reference-app/presence-channel.ts";
import { authSocket, bareSocket, benchSocket, handleError, mainSocket, twoSocket } from "./reference-app/sockets.ts";

export interface RunningApp {
  /** "http://127.0.0.1:4100" */
  url: string;
  close(): Promise<void>;
}

/** Starts the application on 127.0.0.1. Port 0 takes a free one. Rejects when the port is taken. */
export async function startReferenceApp(port: number): Promise<RunningApp> {
  const endpoint = createReferenceEndpoint();
  const server = createServer(adminListener(endpoint));
  endpoint.attach(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await endpoint.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Phoenix's own limits, where ours are smaller: the recordings have frames of up to 10 MB. */
const LARGE_FRAMES = { maxFrameSize: 10_000_000 };
const LARGE_BODIES = { maxBodySize: 8_000_000 };

function createReferenceEndpoint() {
  return createEndpoint({
    logger: false,
    checkOrigin: false,
    presence: [presence],
    sockets: {
      "/socket": { socket: mainSocket, websocket: LARGE_FRAMES, longpoll: LARGE_BODIES },
      "/short": {
        socket: mainSocket,
        websocket: { timeout: 2000 },
        longpoll: { window: 1000, pubsubTimeout: 500 },
      },
      "/small": { socket: mainSocket, websocket: { maxFrameSize: 1024 } },
      "/origin": {
        socket: mainSocket,
        websocket: { checkOrigin: ["//allowed.example"] },
        longpoll: { checkOrigin: ["//allowed.example"] },
      },
      "/errh": { socket: bareSocket, websocket: { errorHandler: handleError }, longpoll: true },
      "/auth": { socket: authSocket, longpoll: true, authToken: true },
      "/two": twoSocket,
      "/custom": { socket: bareSocket, websocket: { path: "/ws/:user_id", subprotocols: ["v9.example"] } },
      "/bench": { socket: benchSocket, websocket: { timeout: 600_000 }, longpoll: true },
    },
  });
}
