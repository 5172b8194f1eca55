/** Servers that restart, processes that freeze. `npm run soak` has the long form. */
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundle, Program, SERVER } from "./programs.ts";
import type { ServerLine } from "./programs.ts";
import { runRestarts, usualRush } from "./restarts.ts";

describe("20 clients and a server that is killed 3 times under their pushes", () => {
  it("are back each time, lose and double nothing that waited, and leave nothing behind", async () => {
    const { histograms, underWay, ...figures } = await runRestarts(20, 3);
    expect(figures).toEqual({
      restarts: 3,
      clients: 20,
      rejoins: 60,
      buffered: 120,
      missing: 0,
      doubled: 0,
      mostOpen: 1,
      resourcesLeft: {},
    });
    expect(underWay.ok + underWay.closed).toBe(60);
    // Without jitter all 20 would come in the same tenth of a second.
    expect(usualRush(histograms)).toBeLessThan(20);
  });
});

type ClientLine = { readonly open: true } | { readonly closed: string } | { readonly answered: number };

/** Joins, and pushes 20 times a second. */
const CLIENT = `
import { Socket } from "@wingbeat/client";
import { WebSocket } from "ws";
const print = (line: object) => process.stdout.write(JSON.stringify(line) + "\\n");
const socket = new Socket("ws://127.0.0.1:" + process.argv[2] + "/socket", {
  transport: WebSocket, heartbeatIntervalMs: Number(process.argv[3]), timeout: 400, reconnectAfterMs: () => 20, rejoinAfterMs: () => 20,
});
socket.onOpen(() => print({ open: true }));
socket.onClose(({ code, reason }) => print({ closed: code + " " + reason }));
const channel = socket.channel("room:1");
socket.connect();
channel.join();
let count = 0;
setInterval(() => channel.push("say", { id: "x" }).then(() => print({ answered: ++count }), () => {}), 50);
`;

describe("a process that is stopped for longer than its heartbeat interval", () => {
  it.each([
    ["and its server has closed the connection", 300, 100],
    ["and its server waits", 60_000, 100],
  ])("%s: is back by itself when it goes on", async (_what, idleTimeout, heartbeat) => {
    const [serverCode, clientCode] = await Promise.all([bundle(SERVER), bundle(CLIENT)]);
    const server = new Program<ServerLine>(serverCode, ["0", String(idleTimeout)]);
    onTestFinished(() => server.stop());
    const { port } = (await server.line((line) => "port" in line)) as { port: number };
    const client = new Program<ClientLine>(clientCode, [String(port), String(heartbeat)]);
    onTestFinished(() => client.stop());
    await client.line((line) => "answered" in line && line.answered === 3);
    client.child.kill("SIGSTOP");
    await delay(600);
    const before = client.lines.length;
    client.child.kill("SIGCONT");
    await client.line((line) => "answered" in line, before);
    const after = client.lines.length;
    await client.line((line) => "answered" in line, after + 3);
    if (idleTimeout < 600) expect(client.lines.slice(before)).toContainEqual({ open: true });
  });
});
