import * as client from "@wingbeat/client";
import { test } from "vitest";
import { WebSocket } from "ws";
import { visit } from "../client.cjs";

test("the client joins, pushes and leaves", { timeout: 30_000 }, async () => {
  const transport = globalThis.WebSocket === undefined ? { transport: WebSocket } : {};
  await visit(client, process.env.SERVER_URL, transport);
});
