/** Pages beside sockets: what is served, and what is not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { defineSocket, ok } from "wingbeat";
import { startSite } from "../src/index.ts";
import type { Site } from "../src/index.ts";

const root = mkdtempSync(join(tmpdir(), "site-"));
let site: Site;

/** A request whose path arrives as it is written; `fetch` would tidy it up. */
async function get(path: string, method = "GET"): Promise<{ status: number; type: string; body: string; to: string }> {
  const sent = request({ host: "127.0.0.1", port: site.port, path, method }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const body = (await response.setEncoding("utf8").toArray()).join("");
  const { "content-type": type = "", location: to = "" } = response.headers;
  return { status: response.statusCode ?? 0, type, body, to };
}

beforeAll(async () => {
  mkdirSync(join(root, "web"));
  for (const [name, text] of Object.entries({
    "web/index.html": "home",
    "web/app.js": "1",
    "web/style.css": "a{}",
    "web/.env": "secret",
    "outside.txt": "secret",
    "web-more.txt": "secret",
  })) {
    writeFileSync(join(root, name), text);
  }
  const web = pathToFileURL(join(root, "web/"));
  const socket = defineSocket({ connect: () => ok({}), channels: [] });
  site = await startSite({ examples: { "/demo/": { sockets: { "/socket": socket }, web } }, port: 0, logger: false });
});
afterAll(async () => {
  await site.close();
  rmSync(root, { recursive: true });
});

describe("a site", () => {
  it.each([
    ["/demo/", "text/html; charset=utf-8", "home"],
    ["/demo/?from=here", "text/html; charset=utf-8", "home"],
    ["/demo/app.js", "text/javascript; charset=utf-8", "1"],
    ["/demo/style.css", "text/css; charset=utf-8", "a{}"],
    ["/site/icon.svg", "image/svg+xml", "<svg"],
    ["/site/dist/page.js", "text/javascript; charset=utf-8", "showConnection"],
    ["/vendor/@wingbeat/client/index.js", "text/javascript; charset=utf-8", "Socket"],
    ["/vendor/@wingbeat/protocol/index.js", "text/javascript; charset=utf-8", "v2"],
  ])("serves %s as %s", async (path, type, text) => {
    const got = await get(path);
    expect([got.status, got.type]).toEqual([200, type]);
    expect(got.body).toContain(text);
  });

  it.each([
    "/nothing",
    "/demo/nothing.html",
    "/demo/../outside.txt",
    "/demo/%2e%2e/outside.txt",
    "/demo/..%2foutside.txt",
    "/demo/..%5coutside.txt",
    "/demo/../web-more.txt",
    "/demo//etc/passwd",
    "/demo/.env",
    "/demo/%00",
    "/demo/%zz",
    "/site/../package.json",
    "/vendor/@wingbeat/client/../package.json",
    "/vendor/@wingbeat/client/.tsbuildinfo",
    "/vendor/@wingbeat/",
  ])("answers %s with the 404 page", async (path) => {
    const got = await get(path);
    expect([got.status, got.type]).toEqual([404, "text/html; charset=utf-8"]);
    expect(got.body).toContain("There is no such page");
  });

  it("sends a folder without its slash on, answers HEAD without a body, and refuses other methods", async () => {
    expect(await get("/demo")).toMatchObject({ status: 308, to: "/demo/" });
    expect(await get("/demo/", "HEAD")).toMatchObject({ status: 200, body: "" });
    expect(await get("/demo/", "DELETE")).toMatchObject({ status: 405 });
  });
});

describe("a site as a program", () => {
  const main = fileURLToPath(new URL("../../gallery/dist/main.js", import.meta.url));
  const start = (port: string) => {
    const program = spawn(process.execPath, [main], { env: { PORT: port } });
    onTestFinished(() => void program.kill("SIGKILL"));
    return program;
  };

  it.each(["SIGINT", "SIGTERM"] as const)("says where it is, and ends well on %s", async (signal) => {
    const program = start("0");
    const [line] = (await once(program.stdout.setEncoding("utf8"), "data")) as [string];
    expect(line).toMatch(/^Wingbeat examples: http:\/\/localhost:\d+ \(open it in two windows; Ctrl\+C stops it\)\n$/);
    program.kill(signal);
    expect(await once(program, "exit")).toEqual([0, null]);
  });

  it("says what to do when the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const program = start(String(port));
    const [line] = (await once(program.stderr.setEncoding("utf8"), "data")) as [string];
    expect(line).toBe(`Port ${port} is taken. Pick another one: PORT=${port + 1} npm start\n`);
    expect(await once(program, "exit")).toEqual([1, null]);
  });

  it("wants a port that is one", async () => {
    const program = start("http");
    const [line] = (await once(program.stderr.setEncoding("utf8"), "data")) as [string];
    expect(line).toBe('PORT must be a number from 0 to 65535, not "http".\n');
  });
});
