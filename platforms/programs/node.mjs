/** `node node.mjs <url>`: the client on the global WebSocket of this Node, imported and required. */
import { createRequire } from "node:module";
import { createServer } from "node:net";
import * as imported from "@wingbeat/client";
import { visit } from "./client.cjs";

const required = createRequire(import.meta.url)("@wingbeat/client");
const url = process.argv[2];
const failed = (error) => {
  console.error(error);
  process.exit(1);
};
process.on("unhandledRejection", failed);

await visit(imported, url);
await visit(required, url);
await comesBack(imported);

/** Nobody listens on the port at first: some versions of Node fire "error" alone then, without "close". */
async function comesBack({ Socket }) {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));

  const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { reconnectAfterMs: () => 20 });
  let failures = 0;
  const failedTwice = new Promise((resolve) => socket.onError(() => ++failures === 2 && resolve()));
  socket.connect();
  await failedTwice;
  const relay = createServer((client) => client.on("error", () => {}).destroy()).listen(port, "127.0.0.1");
  await new Promise((resolve) => relay.once("connection", resolve));
  relay.close();
  socket.disconnect();
}
process.exit(0);
