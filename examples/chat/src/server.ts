import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEndpoint, memoryHistory } from "wingbeat";
import { giveToken } from "./login.ts";
import { open } from "./messages.ts";
import { givePage } from "./page.ts";
import { options } from "./socket.ts";

const folder = process.env["DATA"] ?? "data";
open(`${folder}/messages.jsonl`);

const server = createServer((request, response) =>
  request.url?.startsWith("/token?") ? giveToken(request, response) : givePage(request, response),
);
// The file keeps what pages may have missed over a restart of the server.
const endpoint = createEndpoint({ ...options, history: memoryHistory({ file: `${folder}/history.json` }) });
endpoint.attach(server);

server.listen(Number(process.env["PORT"] ?? 4000), process.env["HOST"] ?? "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://localhost:${port} (open it in two windows)`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await endpoint.close(); // writes the history, and tells the pages to connect again
    process.exit();
  });
}
