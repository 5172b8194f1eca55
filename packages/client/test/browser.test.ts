/** The client in a real browser: bundled into a page, over a real server that the test stops and starts. */
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "wingbeat";
import type { Endpoint } from "wingbeat";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { bundle } from "./programs.ts";

const room = defineChannel("room:{id}")
  .join((ctx, params) => ok({ id: ctx.params.id, params }))
  .handleIn("shout", (ctx, payload) => (ctx.broadcast("shouted", payload as object), ok({ heard: true })));
const userSocket = defineSocket({
  connect: ({ banned }) => (banned === undefined ? ok({}) : refuse({ why: "banned", until: 7 })),
  channels: [room],
});

/** The page: a socket and a channel, and all that happens to them, in order. */
const PAGE = `
import { Socket } from "@wingbeat/client";
const entries: string[] = [];
const pause = Number(new URLSearchParams(location.search).get("pause") ?? 50);
const query = new URLSearchParams(location.search);
const socket = new Socket("/socket", { params: () => ({ banned: query.get("banned") }), heartbeatIntervalMs: 1000, reconnectAfterMs: () => pause, rejoinAfterMs: () => 50 });
socket.onOpen(() => entries.push("open"));
socket.onClose(({ code }) => entries.push("close " + code));
socket.onRefused((reason) => entries.push(socket.connectionState() + " " + JSON.stringify(reason)));
addEventListener("pageshow", ({ persisted }) => persisted && entries.push("from the cache"));
const channel = socket.channel("room:1", { from: "page" });
channel.on("shouted", ({ text, bytes }) => entries.push("shouted " + text));
channel.on("bytes", (bytes) => entries.push("bytes " + new Uint8Array(bytes as ArrayBuffer).join()));
channel.join().receive("ok", (response) => entries.push("joined " + JSON.stringify(response)));
socket.connect();
Object.assign(window, { entries, socket, channel });
`;

interface PageGlobals {
  readonly entries: string[];
  readonly socket: { isConnected(): boolean; connect(): void; disconnect(): void };
  readonly channel: { push(event: string, payload: object): PromiseLike<unknown>; readonly state: string };
}
declare const window: PageGlobals & { location: unknown };

const JOINED = 'joined {"id":"1","params":{"from":"page"}}';

interface Site {
  readonly url: string;
  readonly endpoint: Endpoint;
  stop(): Promise<void>;
}

/** A wire to a port that can be cut: connections that are there stay open, and nothing gets through them. */
async function startWire(port: number): Promise<{ readonly url: string; cut(): void }> {
  const ends = new Set<TcpSocket>();
  const server = createTcpServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const end of [near, far]) {
      ends.add(end);
      end.on("error", () => {}).on("close", () => ends.delete(end));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const end of ends) end.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const cut = (): void => {
    for (const end of ends) end.unpipe().pause();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}

describe.skipIf(!hasChromium())("in Chromium", () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    [browser, script] = await Promise.all([launch(), bundle(PAGE, { platform: "browser", format: "iife" })]);
  });
  afterAll(() => browser.close());

  async function serve(port = 0): Promise<Site> {
    const html = `<!doctype html><title>page</title><script>${script}</script>`;
    const server = createServer((request, response) =>
      response
        .setHeader("content-type", "text/html")
        .end(request.url !== "/other" ? html : "<!doctype html>another page"),
    );
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    endpoint.attach(server);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const stop = async (): Promise<void> => {
      await endpoint.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    onTestFinished(stop);
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, endpoint, stop };
  }

  async function open(url: string): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    await page.goto(url);
    return page;
  }

  const entriesOf = (page: Page): Promise<string[]> => page.evaluate(() => window.entries);
  const shows = (page: Page, ...expected: string[]): Promise<void> =>
    vi.waitFor(async () => expect(await entriesOf(page)).toEqual(expected), { timeout: 120_000 });

  it("joins, pushes and broadcasts between two pages, text and bytes", async () => {
    const { endpoint, url } = await serve();
    const [mine, theirs] = [await open(url), await open(url)];
    for (const page of [mine, theirs]) await shows(page, "open", JOINED);
    expect(await mine.evaluate(() => window.channel.push("shout", { text: "hällo" }))).toEqual({ heard: true });
    for (const page of [mine, theirs]) await shows(page, "open", JOINED, "shouted hällo");
    endpoint.broadcast("room:1", "bytes", Uint8Array.of(0, 1, 255));
    for (const page of [mine, theirs]) await shows(page, "open", JOINED, "shouted hällo", "bytes 0,1,255");
  });

  it("comes back after a restart of the server, with what was pushed meanwhile", async () => {
    const site = await serve();
    const page = await open(site.url);
    await shows(page, "open", JOINED);
    await site.stop();
    await vi.waitFor(async () => expect(await entriesOf(page)).toContain("close 1012"));
    const waiting = page.evaluate(() => window.channel.push("shout", { text: "after" }));
    await serve(Number(new URL(site.url).port));
    expect(await waiting).toEqual({ heard: true });
    expect((await entriesOf(page)).slice(-3)).toEqual(["open", JOINED, "shouted after"]);
  });

  it("waits with its reconnects while the page is hidden, and comes at once when it is seen", async () => {
    const site = await serve();
    const page = await open(site.url);
    await shows(page, "open", JOINED);
    // Headless pages are never covered: the page is told that it is.
    const show = (state: string) =>
      page.evaluate((value) => {
        const { document } = globalThis as unknown as { document: EventTarget };
        Object.defineProperty(document, "visibilityState", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await show("hidden");
    await site.stop();
    await serve(Number(new URL(site.url).port));
    await shows(page, "open", JOINED, "close 1012");
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    await shows(page, "open", JOINED, "close 1012");
    await show("visible");
    await shows(page, "open", JOINED, "close 1012", "open", JOINED);
  });

  it("finds by its heartbeat that nothing gets through any more, and comes back by a new connection", async () => {
    const site = await serve();
    const wire = await startWire(Number(new URL(site.url).port));
    const page = await open(wire.url);
    await shows(page, "open", JOINED);
    wire.cut();
    await shows(page, "open", JOINED, "close 1006", "open", JOINED);
  });

  it("does not wait any longer when the network is back", async () => {
    const site = await serve();
    const page = await open(`${site.url}/?pause=60000`);
    await shows(page, "open", JOINED);
    const cdp = await page.context().newCDPSession(page);
    const network = (offline: boolean) =>
      cdp.send("Network.emulateNetworkConditions", {
        offline,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      });
    await cdp.send("Network.enable");
    await network(true);
    await site.stop();
    await shows(page, "open", JOINED, "close 1012");
    await serve(Number(new URL(site.url).port));
    await network(false);
    await shows(page, "open", JOINED, "close 1012", "open", JOINED);
  });

  it("sees why it is refused, which a browser does not show of a refused handshake, and tries no more", async () => {
    const { endpoint, url } = await serve();
    const page = await open(`${url}/?banned=yes`);
    const refused = ["open", 'refused {"why":"banned","until":7}', "close 4403"];
    await shows(page, ...refused);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    await shows(page, ...refused);
    await page.evaluate(() => window.socket.connect());
    await shows(page, ...refused, ...refused);
    expect(endpoint.connections).toBe(0);
  });

  it("closes its connection when the page is left, and opens one when it comes from the back-forward cache", async () => {
    const { endpoint, url } = await serve();
    const page = await open(url);
    await shows(page, "open", JOINED);
    await page.goto(`${url}/other`);
    await vi.waitFor(() => expect(endpoint.connections).toBe(0));
    // Playwright's goBack waits for a load that a page from the cache does not have.
    // It begins after the evaluation, which would otherwise end with its page.
    await page.evaluate(
      () => void setTimeout(() => (globalThis as unknown as { history: { back(): void } }).history.back()),
    );
    const entries = () => entriesOf(page);
    await vi.waitFor(async () => expect((await entries()).filter((entry) => entry === JOINED)).toHaveLength(2), 8000);
    // The end of the old connection is told before the page is frozen, or when it thaws.
    const isClose = (entry: string): boolean => entry.startsWith("close ");
    expect((await entries()).filter((entry) => !isClose(entry))).toEqual([
      "open",
      JOINED,
      "from the cache",
      "open",
      JOINED,
    ]);
    await vi.waitFor(async () => expect((await entries()).filter(isClose)).toHaveLength(1));
    expect(endpoint.connections).toBe(1);
  });
});
