/** The outbox in IndexedDB, in a real browser: pages that end at any moment, several tabs, full disks, and phones that sleep. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import type { Endpoint } from "wingbeat";
import { hasChromium, launch, launchLaptop } from "../../../tools/test/chromium.ts";
import { bundle } from "./programs.ts";

/** A page of `user`, with `offline` one that never gets a connection. `halt` says where its storage stops for ever. */
const PAGE = `
import { Socket } from "@wingbeat/client";
import { indexedDBOutbox } from "@wingbeat/client/outbox";
const query = new URLSearchParams(location.search);
const storage = indexedDBOutbox(query.get("user") ?? "ada");
const halt = query.get("halt");
const never = () => new Promise(() => {});
if (halt === "before put") storage.put = never;
if (halt === "before send") {
  const put = storage.put.bind(storage);
  storage.put = (pushes) => put(pushes).then(never);
}
if (halt === "before remove") storage.remove = never;
const told: unknown[] = [];
const outcomes: unknown[] = [];
const socket = new Socket(query.has("offline") ? "ws://127.0.0.1:1/socket" : "/socket", {
  outbox: { storage }, reconnectAfterMs: () => 50, rejoinAfterMs: () => 50, heartbeatIntervalMs: 1000,
});
const channel = socket.channel("room:1");
channel.onPushSettled(({ payload, response, reason }) => told.push([payload.body, response?.body ?? reason]));
const say = (body: unknown) => {
  channel.push("say", { body }, { retry: true }).then(
    (response) => outcomes.push(response.body),
    (error) => outcomes.push([error.reason, error.cause?.name]),
  );
};
channel.join();
socket.connect();
const database = (version?: number) =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open("wingbeat-outbox", version);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
/** Of the database, whoever has made them. */
const records = async () => {
  const opened = await database();
  const reading = opened.transaction("pushes").objectStore("pushes").getAll();
  await new Promise((resolve) => (reading.onsuccess = resolve));
  opened.close();
  return reading.result;
};
const spoil = async (odd: object[]) => {
  const opened = await database();
  const transaction = opened.transaction("pushes", "readwrite");
  odd.forEach((record, index) => transaction.objectStore("pushes").put({ ...record, user: "ada", id: "odd " + index }));
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  opened.close();
};
const upgrade = async () => (await database(2)).close();
(window.copies ??= []).push({ told, say });
Object.assign(window, { told, outcomes, socket, channel, say, records, spoil, upgrade });
`;

interface PageGlobals {
  /** Of each copy of the client in the page. */
  readonly copies: readonly { readonly told: unknown[]; say(body: unknown): void }[];
  readonly told: unknown[];
  readonly outcomes: unknown[];
  readonly socket: { clearOutbox(): Promise<void> };
  readonly channel: {
    readonly state: string;
    readonly pendingPushes: readonly { readonly payload: { readonly body: string }; readonly state: string }[];
  };
  say(body: unknown): void;
  records(): Promise<unknown[]>;
  spoil(odd: readonly object[]): Promise<void>;
  upgrade(): Promise<void>;
}
declare const window: PageGlobals;

const DAY_MS = 86_400_000;

interface Site {
  readonly url: string;
  readonly endpoint: Endpoint;
  /** What was handled, in order. */
  readonly handled: string[];
  /** Replies wait as long as this does. */
  replies: Promise<unknown>;
}

describe.skipIf(!hasChromium())("in Chromium", () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    [browser, script] = await Promise.all([launch(), bundle(PAGE, { platform: "browser", format: "iife" })]);
  });
  afterAll(() => browser.close());

  async function serve(): Promise<Site> {
    const handled: string[] = [];
    const room = defineChannel("room:{id}")
      .dedupe()
      .join(() => ok({}))
      .handleIn("say", async (_ctx, payload) => {
        const { body } = payload as { readonly body: string };
        handled.push(body);
        await site.replies;
        return ok({ body });
      });
    const userSocket = defineSocket({ connect: () => ok({}), id: () => "user:ada", channels: [room] });
    const html = `<!doctype html><title>page</title><script>${script}</script>`;
    const server = createServer(({ url = "" }, response) => {
      const copies = url.includes("twice") ? html + html : html;
      response.setHeader("content-type", "text/html").end(copies);
    });
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    endpoint.attach(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(async () => {
      await endpoint.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const site: Site = { url, endpoint, handled, replies: Promise.resolve() };
    return site;
  }

  /** A profile, whose tabs share what is stored. No page may have an error, but what `allowed` matches. */
  async function profile(allowed = /(?!)/, from: Browser = browser): Promise<(url: string) => Promise<Page>> {
    const context: BrowserContext = await from.newContext();
    const errors: string[] = [];
    onTestFinished(async () => {
      await context.close();
      expect(errors.filter((message) => !allowed.test(message))).toEqual([]);
    });
    return async (url) => {
      const page = await context.newPage();
      page.on("pageerror", ({ message }) => errors.push(message));
      await page.goto(url);
      return page;
    };
  }

  const say = (page: Page, ...bodies: string[]): Promise<void> =>
    page.evaluate((all) => all.forEach((body) => window.say(body)), bodies);
  const eventually = (page: Page, get: () => unknown, expected: unknown): Promise<void> =>
    vi.waitFor(async () => expect(await page.evaluate(get)).toEqual(expected), { timeout: 60_000, interval: 50 });
  const told = (page: Page, ...expected: unknown[]): Promise<void> => eventually(page, () => window.told, expected);
  const joined = (page: Page): Promise<void> => eventually(page, () => window.channel.state, "joined");
  const pending = (page: Page, ...expected: string[]): Promise<void> =>
    eventually(
      page,
      () => window.channel.pendingPushes.map(({ payload, state }) => `${payload.body} ${state}`),
      expected,
    );
  const stored = (page: Page): Promise<unknown[]> => page.evaluate(() => window.records());
  const isStored = (page: Page, count: number): Promise<void> =>
    vi.waitFor(async () => expect(await stored(page)).toHaveLength(count), { timeout: 60_000, interval: 50 });

  describe("R-25: a page that is closed", () => {
    it("before a push was stored has not made it", async () => {
      const site = await serve();
      const open = await profile();
      const page = await open(`${site.url}/?halt=before+put`);
      await joined(page);
      await say(page, "a");
      await pending(page, "a sent");
      await page.close();
      const next = await open(site.url);
      await joined(next);
      await say(next, "b");
      await told(next, ["b", "b"]);
      expect(site.handled).toEqual(["b"]);
    });

    it("after it was stored, and before it was sent: the next page sends it", async () => {
      const site = await serve();
      const open = await profile();
      const page = await open(`${site.url}/?halt=before+send`);
      await joined(page);
      await say(page, "a");
      await isStored(page, 1);
      expect(site.handled).toEqual([]);
      await page.close();
      const next = await open(site.url);
      await told(next, ["a", "a"]);
      await isStored(next, 0);
      expect(site.handled).toEqual(["a"]);
    });

    it("after it was sent, and before the reply: the next page gets the reply, and it is handled once", async () => {
      const site = await serve();
      const open = await profile();
      let reply: (() => void) | undefined;
      site.replies = new Promise<void>((resolve) => (reply = resolve));
      const page = await open(site.url);
      await joined(page);
      await say(page, "a", "b");
      await vi.waitFor(() => expect(site.handled).toEqual(["a"]));
      await page.close();
      reply?.();
      const next = await open(site.url);
      await told(next, ["a", "a"], ["b", "b"]);
      await isStored(next, 0);
      expect(site.handled).toEqual(["a", "b"]);
    });

    it("after the reply, and before it was removed: the next page is told the same once more", async () => {
      const site = await serve();
      const open = await profile();
      const page = await open(`${site.url}/?halt=before+remove`);
      await joined(page);
      await say(page, "a");
      await told(page, ["a", "a"]);
      await page.close();
      const next = await open(site.url);
      await told(next, ["a", "a"]);
      await isStored(next, 0);
      expect(site.handled).toEqual(["a"]);
    });

    it("while it was offline: the next page sends all, in order, and its own after them", async () => {
      const site = await serve();
      const open = await profile();
      const page = await open(`${site.url}/?offline`);
      await say(page, "a", "b", "c");
      await isStored(page, 3);
      await page.close();
      const next = await open(site.url);
      await say(next, "d");
      await told(next, ["a", "a"], ["b", "b"], ["c", "c"], ["d", "d"]);
      expect(site.handled).toEqual(["a", "b", "c", "d"]);
      await isStored(next, 0);
    });
  });

  it("a tab that ends leaves its pushes to exactly one of the others, older and younger ones, and not before", async () => {
    const site = await serve();
    const open = await profile();
    const older = await open(site.url);
    await joined(older);
    const page = await open(`${site.url}/?offline`);
    await say(page, "a", "b", "c");
    await isStored(page, 3);
    const younger = await open(site.url);
    await joined(younger);
    await say(younger, "y");
    await told(younger, ["y", "y"]);
    expect(await older.evaluate(() => window.told)).toEqual([]);
    expect(site.handled).toEqual(["y"]);
    await page.close();
    await vi.waitFor(() => expect(site.handled).toHaveLength(4), { timeout: 60_000 });
    await isStored(older, 0);
    expect(site.handled).toEqual(["y", "a", "b", "c"]);
    const heard = [...(await older.evaluate(() => window.told)), ...(await younger.evaluate(() => window.told))];
    expect(heard.toSorted()).toEqual([
      ["a", "a"],
      ["b", "b"],
      ["c", "c"],
      ["y", "y"],
    ]);
  });

  it("two tabs, one of which ended while the other was asleep, and a third one", async () => {
    const site = await serve();
    const open = await profile();
    const tabs = [await open(site.url), await open(site.url), await open(site.url)];
    for (const tab of tabs) await joined(tab);
    const [first, second, third] = tabs as [Page, Page, Page];
    let reply: (() => void) | undefined;
    site.replies = new Promise<void>((resolve) => (reply = resolve));
    await say(first, "a");
    await vi.waitFor(() => expect(site.handled).toEqual(["a"]));
    await first.close();
    reply?.();
    await vi.waitFor(
      async () => {
        const heard = [...(await second.evaluate(() => window.told)), ...(await third.evaluate(() => window.told))];
        expect(heard).toEqual([["a", "a"]]);
      },
      { timeout: 60_000 },
    );
    await isStored(second, 0);
    expect(site.handled).toEqual(["a"]);
  });

  it("two copies of the client in one page: each sends its own, and what both have left is sent once", async () => {
    const site = await serve();
    const open = await profile();
    const page = await open(`${site.url}/?twice`);
    await page.evaluate(() => window.copies.forEach(({ say }, index) => say(`online ${index}`)));
    await eventually(page, () => window.copies.map((copy) => copy.told), [
      [["online 0", "online 0"]],
      [["online 1", "online 1"]],
    ]);
    await page.goto(`${site.url}/?twice&offline`);
    await page.evaluate(() => window.copies.forEach(({ say }, index) => say(`offline ${index}`)));
    await isStored(page, 2);
    await page.goto(`${site.url}/?twice`);
    await vi.waitFor(() => expect(site.handled).toHaveLength(4), { timeout: 60_000 });
    await isStored(page, 0);
    expect(site.handled.toSorted()).toEqual(["offline 0", "offline 1", "online 0", "online 1"]);
    const told = await page.evaluate(() => window.copies.flatMap((copy) => copy.told));
    expect(told.toSorted()).toEqual([
      ["offline 0", "offline 0"],
      ["offline 1", "offline 1"],
    ]);
  });

  it("a full disk: the push fails with the cause, nothing is left of it, and the next one goes on", async () => {
    const site = await serve();
    const open = await profile();
    const page = await open("about:blank");
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Storage.overrideQuotaForOrigin", { origin: site.url, quotaSize: 100_000 });
    await page.goto(`${site.url}/?offline`);
    await say(page, "a");
    await isStored(page, 1);
    await say(page, "x".repeat(500_000));
    await eventually(page, () => window.outcomes, [["buffer_full", "QuotaExceededError"]]);
    await pending(page, "a waiting");
    expect(await stored(page)).toHaveLength(1);
    await cdp.send("Storage.overrideQuotaForOrigin", { origin: site.url });
    await say(page, "b");
    await isStored(page, 2);
    await page.close();
    const next = await open(site.url);
    await told(next, ["a", "a"], ["b", "b"]);
    expect(site.handled).toEqual(["a", "b"]);
  });

  it("offline for most of a day it is kept, and for longer given up", async () => {
    const site = await serve();
    const open = await profile();
    const page = await open("about:blank");
    await page.clock.install();
    await page.goto(`${site.url}/?offline`);
    await say(page, "a");
    await isStored(page, 1);
    await page.clock.fastForward(DAY_MS - 3_600_000);
    await say(page, "b");
    await pending(page, "a waiting", "b waiting");
    await page.clock.fastForward(2 * 3_600_000);
    await pending(page, "b waiting");
    expect(await page.evaluate(() => window.outcomes)).toEqual([["too_old", undefined]]);
    await isStored(page, 1);
    await page.goto(site.url);
    await told(page, ["b", "b"]);
    expect(site.handled).toEqual(["b"]);
  });

  it("a phone that sleeps while a reply is on its way gets it when it is awake; nothing is handled twice", async () => {
    const laptop = await launchLaptop();
    onTestFinished(() => laptop.close());
    const site = await serve();
    let reply: (() => void) | undefined;
    site.replies = new Promise<void>((resolve) => (reply = resolve));
    const open = await profile(undefined, laptop.browser);
    const page = await open(site.url);
    await joined(page);
    await say(page, "a", "b");
    await vi.waitFor(() => expect(site.handled).toEqual(["a"]));
    laptop.sleep();
    // The server gives up the connection, and with it the replies.
    const closed = vi.waitFor(() => expect(site.endpoint.connections).toBe(0), { timeout: 60_000 });
    site.endpoint.broadcast("user:ada", "disconnect", {});
    reply?.();
    await closed;
    laptop.wake();
    await told(page, ["a", "a"], ["b", "b"]);
    expect(await page.evaluate(() => window.outcomes)).toEqual(["a", "b"]);
    expect(site.handled).toEqual(["a", "b"]);
    await page.close();
  });

  it("another user's pushes are neither sent nor shown, and wait for their user", async () => {
    const site = await serve();
    const open = await profile();
    const page = await open(`${site.url}/?offline`);
    await say(page, "of ada");
    await isStored(page, 1);
    await page.close();
    const bob = await open(`${site.url}/?user=bob`);
    await say(bob, "of bob");
    await told(bob, ["of bob", "of bob"]);
    await bob.evaluate(() => window.socket.clearOutbox());
    await isStored(bob, 1);
    const ada = await open(`${site.url}/?offline`);
    await pending(ada, "of ada waiting");
    await ada.evaluate(() => window.socket.clearOutbox());
    await isStored(ada, 0);
    expect(await ada.evaluate(() => window.told)).toEqual([["of ada", "aborted"]]);
    expect(site.handled).toEqual(["of bob"]);
  });

  it("what is not its own in the database is left alone: garbage, and pushes of another version", async () => {
    const site = await serve();
    const open = await profile();
    const page = await open(`${site.url}/?offline`);
    await say(page, "a");
    await isStored(page, 1);
    const whole = {
      v: 1,
      session: "x".repeat(22),
      topic: "room:1",
      event: "say",
      payload: "{}",
      at: 1,
      resend: false,
    };
    const odd = [
      { v: 2, anything: true },
      { ...whole, payload: "{" },
      { ...whole, n: -1, epoch: "e" },
      { ...whole, session: 7 },
    ];
    await page.evaluate((all) => window.spoil(all), odd);
    await page.close();
    const next = await open(site.url);
    await told(next, ["a", "a"]);
    await isStored(next, 4);
    expect(site.handled).toEqual(["a"]);
  });

  it("a database of a later version: it says so, and keeps its pushes in memory", async () => {
    const site = await serve();
    const open = await profile(/version/);
    const page = await open("about:blank");
    await page.goto(`${site.url}/?offline`);
    await page.evaluate(() => window.upgrade());
    await page.goto(site.url);
    await say(page, "a");
    await told(page, ["a", "a"]);
    expect(site.handled).toEqual(["a"]);
  });
});
