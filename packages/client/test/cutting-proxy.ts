/** A TCP proxy in front of a server that cuts connections after so many bytes of the server, or holds them back. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface CuttingProxy {
  readonly port: number;
  /** Bytes that the server has sent to the client, over all connections. */
  readonly passed: number;
  /** From now on nothing of the server reaches the client; what it sends meanwhile comes later. */
  hold(): void;
  release(): void;
  /** Ends all connections. */
  cut(): void;
}

/**
 * Ends all connections when the server has sent `limit` bytes over them, of which the client gets exactly so many. What
 * connects afterwards is not cut.
 */
export async function cuttingProxy(target: number, limit = Infinity): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let passed = 0;
  let isHeld = false;
  let held: (() => void)[] = [];
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const forward = (bytes: Buffer, client: Socket) => {
    const left = limit - passed;
    passed += bytes.length;
    if (left <= 0 || bytes.length < left) return void client.write(bytes);
    // `end` sends what there is, then the connection is over.
    client.end(bytes.subarray(0, left), cut);
  };
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      if (isHeld) held.push(() => forward(bytes, client));
      else forward(bytes, client);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    cut();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    get passed() {
      return passed;
    },
    hold: () => void (isHeld = true),
    release: () => {
      isHeld = false;
      const waiting = held;
      held = [];
      for (const send of waiting) send();
    },
    cut,
  };
}
