import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A free port outside of the range that systems assign automatically: it is still free when the program starts a moment
 * later, or again after an outage, whatever other tests do meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
