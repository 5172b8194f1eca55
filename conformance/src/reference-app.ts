/**
 * The application that the golden transcripts were recorded from, in Wingbeat: same mounts, topics, events and admin
 * paths, so that a player of transcripts finds the same frames.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEndpoint } from "wingbeat";
import { adminListener } from "./reference-app/admin.ts";
import { presence } from "./reference-app/presence-channel.ts";
import { handleError, socketsOf } from "./reference-app/sockets.ts";

export interface RunningApp {
  /** "http://127.0.0.1:4100" */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the application on 127.0.0.1. Port 0 takes a free one. Rejects when the port is taken.
 *
 * @param hasHistory Whether every channel has one.
 */
export async function startReferenceApp(port: number, hasHistory = false): Promise<RunningApp> {
  const endpoint = createReferenceEndpoint(hasHistory);
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

function createReferenceEndpoint(hasHistory: boolean) {
  const sockets = socketsOf(hasHistory);
  return createEndpoint({
    logger: false,
    checkOrigin: false,
    presence: [presence],
    sockets: {
      "/socket": { socket: sockets.main, websocket: LARGE_FRAMES, longpoll: LARGE_BODIES },
      "/short": {
        socket: sockets.main,
        websocket: { timeout: 2000 },
        longpoll: { window: 1000, pubsubTimeout: 500 },
      },
      "/small": { socket: sockets.main, websocket: { maxFrameSize: 1024 } },
      "/origin": {
        socket: sockets.main,
        websocket: { checkOrigin: ["//allowed.example"] },
        longpoll: { checkOrigin: ["//allowed.example"] },
      },
      "/errh": { socket: sockets.bare, websocket: { errorHandler: handleError }, longpoll: true },
      "/auth": { socket: sockets.auth, longpoll: true, authToken: true },
      "/two": sockets.two,
      "/custom": { socket: sockets.bare, websocket: { path: "/ws/:user_id", subprotocols: ["v9.example"] } },
      "/bench": { socket: sockets.bench, websocket: { timeout: 600_000 }, longpoll: true },
    },
  });
}
