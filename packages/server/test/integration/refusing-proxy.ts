/** A proxy as companies have it: it passes HTTP requests on, and breaks off everything that asks for an upgrade. */
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface RefusingProxy {
  readonly port: number;
  /** How many upgrades it broke off. */
  readonly refused: number;
}

export async function refusingProxy(target: number): Promise<RefusingProxy> {
  let refused = 0;
  const server = createServer((incoming, answer) => {
    const { method, url, headers } = incoming;
    const outgoing = request({ host: "127.0.0.1", port: target, method, path: url, headers });
    outgoing.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on("error", () => answer.destroy());
    answer.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.on("upgrade", (_request, socket) => {
    refused++;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get refused() {
      return refused;
    },
  };
}
