import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createEndpoint, memoryHistory } from "wingbeat";
import { inspector } from "wingbeat/inspector";
import { pageListener } from "./page.ts";
import { options } from "./socket.ts";

const isDev = process.argv.includes("--dev");
const port = Number(process.env.PORT ?? 4000);

const server = createServer();
server.on("request", await pageListener(server, isDev));

// Keeps what clients may have missed over a restart of the server.
const history = memoryHistory({ file: fileURLToPath(new URL("../.history.json", import.meta.url)) });
const endpoint = createEndpoint({ ...options, history });
endpoint.attach(server);
// Shows what the server does, at /inspector. For production, say who may look: authorize: (request) => …
if (isDev) inspector({ endpoint });

server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(error.code === "EADDRINUSE" ? `Port ${port} is in use: set PORT to another one.` : error);
  process.exit(1);
});
// In development, listen on this machine only: Vite serves all of the page's sources.
server.listen(port, isDev ? "127.0.0.1" : undefined, () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://localhost:${port} (open it in two tabs)`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await endpoint.close(); // tells clients to reconnect
    process.exit();
  });
}
