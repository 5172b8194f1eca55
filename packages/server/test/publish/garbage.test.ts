/** Hundreds of bad requests at once, over raw TCP, with the logger on: the handler goes on, and nobody is told nonsense. */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, publishHandler, Token } from "../../src/index.ts";
import { Random } from "../attack/random.ts";

const SECRET = "a secret of more than twenty bytes";
const GOOD = '{"topic":"room:1","event":"e","payload":{}}';
const BODIES = [
  GOOD,
  "",
  "[".repeat(50_000),
  "x".repeat(3_000),
  "\0\xff",
  '{"__proto__":1}',
  `{"topic":"room:1","event":"e","payload":${'{"a":'.repeat(2_000)}1${"}".repeat(2_001)}`,
];

/** A request that is wrong in some way, mostly. */
function requestOf(random: Random, token: string): string {
  const body = random.pick(BODIES);
  const authorization = random.pick([`Bearer ${token}`, `Bearer ${token}`, "Bearer x", "x".repeat(5_000), ""]);
  const head = [
    `${random.pick(["POST", "POST", "POST", "GET", "OPTIONS", "FOO"])} / HTTP/1.1\r\nhost: x`,
    `authorization: ${authorization}`,
    `content-type: ${random.pick(["application/json", "application/json", "text/plain", ""])}`,
  ].join("\r\n");
  const chunks = [`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`, "zz\r\n", "ffff\r\nabc"];
  const length = random.pick([String(body.length), "5", "99999999", "0"]);
  const rest = random.pick([
    `transfer-encoding: chunked\r\n\r\n${random.pick(chunks)}`,
    `content-length: ${length}\r\n\r\n${body}`,
  ]);
  return `${head}\r\n${rest}${random.pick(["", "POST / HTTP/1.1\r\nhost: x\r\n\r\n"])}`;
}

it("bad requests, and connections that end anywhere, leave the handler as it was", async () => {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const endpoint = createEndpoint({
    sockets: {
      "/socket": defineSocket({ connect: () => ok(), channels: [defineChannel("room:{id}").join(() => ok())] }),
    },
    logger: { sink: { debug: log, info: log, warn: log, error: log } },
  });
  const heard: unknown[] = [];
  endpoint.subscribeUnchecked("room:1", ({ event, payload }) => heard.push([event, payload]));
  const server = createServer(publishHandler({ to: endpoint, secret: SECRET, bodyTimeout: 100 }).node);
  server.listen(0, "127.0.0.1");
  endpoint.attach(server);
  onTestFinished(async () => {
    await endpoint.close();
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const token = Token.sign(SECRET, "wingbeat publish", "*");
  const random = new Random(7);

  const attack = async (): Promise<void> => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    const closed = once(socket, "close");
    const end = random.pick([() => socket.resetAndDestroy(), () => socket.end(), () => socket.destroy()]);
    const delay = random.pick([0, 5, 50, 300]);
    socket.write(requestOf(random, token));
    setTimeout(end, delay);
    await closed;
  };
  for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 30 }, attack));

  const before = heard.length;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: GOOD });
  expect([response.status, await response.json()]).toEqual([202, { accepted: 1, pubsub: "up" }]);
  expect(heard).toHaveLength(before + 1);
  expect(before).toBeGreaterThan(0);
  expect(heard.every((one) => JSON.stringify(one) === '["e",{}]')).toBe(true);
  expect(lines.some((line) => line.startsWith("REFUSED PUBLISH with 401"))).toBe(true);
  expect(lines.every((line) => line.length <= 2_000)).toBe(true);
});
