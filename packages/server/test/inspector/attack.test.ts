/** The inspector's door with its defaults, and the logger's, under attack: it stays shut, says nothing, and stands. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Random } from "../attack/random.ts";
import { attach } from "../../src/telemetry/attach.ts";
import { closed, Inspected } from "./inspected.ts";

const HANDSHAKE =
  "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

let inspected: Inspected;
let errors: string[];
let failures: unknown[];
const undo: (() => unknown)[] = [];

beforeEach(async () => {
  errors = [];
  failures = [];
  const quiet = (): void => {};
  const sink = { debug: quiet, info: quiet, warn: quiet, error: (line: string) => void errors.push(line) };
  for (const event of ["http.failed", "channel.crashed", "telemetry.listener_failed"] as const) {
    undo.push(attach(event, ({ error }) => void failures.push([event, error])));
  }
  inspected = await new Inspected({}, { logger: { sink } }).listen();
});
afterEach(async () => {
  await inspected.endpoint.close();
  undo.splice(0).forEach((run) => run());
  if (errors.length + failures.length > 0) throw new Error(JSON.stringify([errors, failures]));
});

/** Whether people of this machine still get in. */
async function isOpen(): Promise<boolean> {
  const page = await inspected.ask("/inspector/");
  const snapshot = await inspected.ask("/inspector/snapshot/overview");
  return page.status === 200 && snapshot.status === 200;
}

/** Sends bytes, and gives what comes back until the connection ends. */
async function send(bytes: string | Buffer): Promise<string> {
  const socket = connect(inspected.port, "127.0.0.1");
  let got = "";
  socket.setEncoding("latin1").on("data", (text: string) => (got += text));
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return got;
}

const request = (line: string, headers = "", body = ""): string =>
  `${line} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n${body}`;

it("is shut to HTTP/1.0, as a proxy speaks it", async () => {
  expect(await send("GET /inspector/snapshot/overview HTTP/1.0\r\nhost: localhost\r\n\r\n")).toMatch(/^HTTP\/1\.1 403/);
  expect(inspected.inspection.asked).toEqual([]);
});

it("stands garbage at every route", async () => {
  const random = new Random(15);
  const routes = [
    "",
    "/",
    "/page.js",
    "/ticket",
    "/snapshot/topics",
    "/snapshot/",
    "/socket/websocket",
    "/socket",
    "/x",
  ];
  const methods = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"];
  const tails = ["", "?", "?query=", "?query={", "?query=%00", "?query=%ff", "?%5B%5D=1", "//", "/..", "%2f", "?query=null", "?query=[]", '?query={"__proto__":{}}']; // prettier-ignore
  const values = [
    "",
    "null",
    "file://",
    "http://[",
    "http://localhost",
    "\u00ff",
    "a".repeat(5_000),
    "keep-alive",
    "1",
    "-1",
  ];
  const names = ["origin", "sec-fetch-site", "sec-fetch-dest", "x-junk", "sec-websocket-protocol", "user-agent", "cookie", "accept"]; // prettier-ignore
  await Promise.all(
    Array.from({ length: 400 }, async () => {
      const line = `${random.pick(methods)} /inspector${random.pick(routes)}${random.pick(tails)}`;
      const headers = Array.from({ length: random.int(4) }, () => `${random.pick(names)}: ${random.pick(values)}\r\n`);
      const isUpgrade = random.chance(0.3);
      const rest = isUpgrade ? HANDSHAKE : "connection: close\r\n";
      const body = random.chance(0.3) ? random.bytes(random.int(300)).toString("latin1") : "";
      const length = body === "" ? "" : `content-length: ${body.length}\r\n`;
      const bytes = Buffer.from(request(line, headers.join("") + length + rest, body), "latin1");
      const got = await send(bytes);
      expect([line, got.slice(0, 12)]).toEqual([line, expect.stringMatching(/^HTTP\/1\.1 (200|308|4\d\d)/)]);
    }),
  );
  // Handshakes without a ticket have used up what this address may fail.
  expect((await inspected.ask("/inspector/", {}, "GET", "", "127.0.0.2")).status).toBe(200);
});

it("does not wait for bodies that come slowly, or never end", async () => {
  const origin = "origin: http://localhost\r\n";
  const routes = ["/ticket", "/", "/snapshot/overview", "/x"];
  const answers = await Promise.all(
    routes.flatMap((route) => [
      send(request(`POST /inspector${route}`, `${origin}content-length: 1000000\r\n`, "x")),
      send(request(`POST /inspector${route}`, `${origin}transfer-encoding: chunked\r\n`, "5\r\nabcde\r\n")),
    ]),
  );
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 (200|405)[^]*connection: close/i);
  expect(await isOpen()).toBe(true);
});

it.each([
  ["a deep query", `${"[".repeat(4_000)}`],
  ["a deep object", `{"topic":${'{"a":'.repeat(500)}1${"}".repeat(500)}}`],
  ["a long name", JSON.stringify({ topic: "x".repeat(2_000) })],
  ["many fields", JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, i])))],
  ["another prototype", '{"__proto__":{"topic":"x"}}'],
  ["no object", '"topic"'],
])("refuses %s with 400", async (_name, query) => {
  const answer = await inspected.ask(`/inspector/snapshot/topics?query=${encodeURIComponent(query)}`);
  expect(answer.status).toBe(400);
  expect(answer.body.length).toBeLessThan(300);
  expect(inspected.inspection.asked).toEqual([]);
  expect(await isOpen()).toBe(true);
});

it("refuses requests that are too large", async () => {
  const answer = await inspected.ask(`/inspector/snapshot/topics?query=${"x".repeat(20_000)}`);
  expect(answer.status).toBe(431);
  expect(await isOpen()).toBe(true);
});

it("stands a flood of handshakes without a ticket, and lets in who has one", async () => {
  const ticket = await inspected.ticket();
  const statuses = await Promise.all(
    Array.from({ length: 300 }, (_, i) => inspected.handshake(i % 2 === 0 ? undefined : "x".repeat(i * 10))),
  );
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
  expect(statuses.filter((status) => status === 403)).toHaveLength(20);
  expect(inspected.inspection.watchers).toBe(0);
  // The flood came from this address; others do not wait.
  const answer = await inspected.ask("/inspector/", {}, "GET", "", "127.0.0.2");
  expect(answer.status).toBe(200);
  expect(await inspected.handshake(ticket)).toBe(429);
});

it("closes connections that send garbage, and goes on", async () => {
  const random = new Random(7);
  for (let i = 0; i < 10; i++) {
    const socket = inspected.open(await inspected.ticket());
    await once(socket, "open");
    socket.send(i % 2 === 0 ? random.bytes(200) : `["1","1","view:topics","phx_join",${"[".repeat(500)}`);
    expect(await closed(socket)).toBe(1011);
  }
  const large = inspected.open(await inspected.ticket());
  await once(large, "open");
  large.send("x".repeat(20_000));
  expect(await closed(large)).toBe(1009);
  expect(await isOpen()).toBe(true);
});

it("limits what one viewer may ask", async () => {
  const socket = inspected.open(await inspected.ticket());
  await once(socket, "open");
  for (let i = 0; i < 200; i++) socket.send(`["${i}","${i}","tap:${i}","phx_join",{"target":{"topic":"t"}}]`);
  expect(await closed(socket)).toBe(1008);
  const { taps } = inspected.inspection;
  expect(taps.length).toBeLessThanOrEqual(16);
  await expect.poll(() => taps.every(({ isOver }) => isOver)).toBe(true);
});
