import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createEndpoint, memoryHistory } from "wingbeat";
import { inspector } from "wingbeat/inspector";
import { modelFrom } from "./model.ts";
import { pageListener } from "./page.ts";
import { createSocket } from "./socket.ts";
import { Store } from "./store.ts";

const isDev = process.argv.includes("--dev");
const port = Number(process.env.PORT ?? 4000);
const host = process.env.HOST ?? "127.0.0.1";
const data = process.env.DATA_DIR ?? fileURLToPath(new URL("../data", import.meta.url));

const store = new Store(`${data}/conversations.json`);
const model = modelFrom(process.env);
const { answers, userSocket } = createSocket(store, model);
const endpoint = createEndpoint({
  sockets: { "/socket": userSocket },
  // Written when the server is stopped, and read when it starts again.
  history: memoryHistory({ file: `${data}/history.json` }),
});

const server = createServer();
server.on("request", await pageListener(server, isDev));
endpoint.attach(server);
// Shows what the server does, at /inspector. For production, say who may look: authorize: (request) => …
if (isDev) inspector({ endpoint });
server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(error.code === "EADDRINUSE" ? `Port ${port} is in use: set PORT to another one.` : error);
  process.exit(1);
});
server.listen(port, host, () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://localhost:${port} (answers by: ${model.name})`);
  void answers.recover(endpoint);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    answers.close();
    await endpoint.close(); // tells pages to reconnect
    store.save();
    process.exit();
  });
}
