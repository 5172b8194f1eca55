const client = require("@wingbeat/client");
const { visit } = require("../client.cjs");

test("the client joins, pushes and leaves", async () => {
  const transport = globalThis.WebSocket === undefined ? { transport: require("ws").WebSocket } : {};
  await visit(client, process.env.SERVER_URL, transport);
}, 30_000);
