/** The official client in a real browser, over long polling: by choice, and behind a proxy that lets no upgrade pass. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hasChromium, launch } from "../../../../tools/test/chromium.ts";
import { refusingProxy } from "./refusing-proxy.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const require = createRequire(import.meta.url);
const client = readFileSync(join(require.resolve("phoenix"), "../phoenix.min.js"), "utf8");

/** What the page does with the client: connects, joins, and keeps what it sees in `window.seen`. */
const script = `
  window.seen = [];
  window.start = (url, options) => {
    if (options.longPoll) options.transport = Phoenix.LongPoll;
    const socket = (window.socket = new Phoenix.Socket(url, { params: { name: "ada" }, ...options }));
    socket.onOpen(() => seen.push("open"));
    socket.onClose(({ code }) => seen.push("close " + code));
    const channel = (window.channel = socket.channel("room:1", { hello: "ü 🎉" }));
    channel.on("news", ({ n }) => seen.push("news " + n));
    channel.join().receive("ok", ({ params }) => seen.push("joined " + params.hello));
    socket.connect();
  };
  window.ask = (event, payload) => new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"]) {
      channel.push(event, payload).receive(status, (response) => resolve({ status, response }));
    }
  });
`;

/** A page of another port than the socket's: the browser asks the server before it sends a batch. */
async function pages(): Promise<string> {
  const html = `<!doctype html><meta charset="utf-8"><title>t</title><script>${client}</script><script>${script}</script>`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
  });
  server.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe.skipIf(!hasChromium())("phoenix 1.8.16 in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  async function open(): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    await page.goto(await pages());
    return page;
  }

  const begin = (page: Page, url: string, options: object): Promise<unknown> =>
    page.evaluate(`start(${JSON.stringify(url)}, ${JSON.stringify(options)})`);
  const ask = (page: Page, event: string, payload: object): Promise<unknown> =>
    page.evaluate(`ask(${JSON.stringify(event)}, ${JSON.stringify(payload)})`);
  /** Waits until the page has seen a line at least so many times. */
  const sees = async (page: Page, line: string, times = 1): Promise<void> => {
    await page.waitForFunction(`seen.filter((seen) => seen === ${JSON.stringify(line)}).length >= ${times}`);
  };

  it("joins, pushes and gets broadcasts over LongPoll, from a page of another origin", async () => {
    const { endpoint, port } = await serve({ "/socket": { socket: userSocket(), longpoll: true } });
    const connects = observe("socket.connected");
    const page = await open();
    await begin(page, `http://127.0.0.1:${port}/socket`, { longPoll: true });
    await sees(page, "joined ü 🎉");
    expect(await connects.next()).toMatchObject({ transport: "longpoll", id: "user_socket:ada", vsn: "2.0.0" });
    expect(await ask(page, "echo", { text: "<ü>" })).toEqual({
      status: "ok",
      response: { text: "<ü>" },
    });
    for (let n = 0; n < 5; n++) endpoint.broadcast("room:1", "news", { n });
    await sees(page, "news 4");
    expect(await page.evaluate("seen")).toEqual(["open", "joined ü 🎉", ...[0, 1, 2, 3, 4].map((n) => `news ${n}`)]);
  });

  it("comes back and rejoins when its session is gone", async () => {
    const { endpoint, port } = await serve({ "/socket": { socket: userSocket(), longpoll: true } });
    const page = await open();
    await begin(page, `http://127.0.0.1:${port}/socket`, { longPoll: true });
    await sees(page, "joined ü 🎉");
    endpoint.broadcast("user_socket:ada", "disconnect", {});
    await sees(page, "close 3410");
    await sees(page, "joined ü 🎉", 2);
    endpoint.broadcast("room:1", "news", { n: 1 });
    await sees(page, "news 1");
  });

  it("falls back to long polling behind a proxy that breaks upgrades off", async () => {
    const { endpoint, port } = await serve({ "/socket": { socket: userSocket(), longpoll: true } });
    const connects = observe("socket.connected");
    const proxy = await refusingProxy(port);
    const page = await open();
    await begin(page, `ws://127.0.0.1:${proxy.port}/socket`, { longPollFallbackMs: 500 });
    await sees(page, "joined ü 🎉");
    expect(proxy.refused).toBeGreaterThan(0);
    expect(await connects.next()).toMatchObject({ transport: "longpoll" });
    endpoint.broadcast("room:1", "news", { n: 1 });
    await sees(page, "news 1");
    expect(await ask(page, "echo", { n: 2 })).toEqual({ status: "ok", response: { n: 2 } });
  });

  it("is refused by the origin check, whatever the browser would allow", async () => {
    const { port } = await serve({
      "/socket": { socket: userSocket(), longpoll: { checkOrigin: ["https://example.com"] } },
    });
    const refused = observe("socket.refused");
    const page = await open();
    await begin(page, `http://127.0.0.1:${port}/socket`, { longPoll: true });
    expect(await refused.next()).toMatchObject({ transport: "longpoll", stage: "origin" });
    await sees(page, "close 1008");
  });
});
