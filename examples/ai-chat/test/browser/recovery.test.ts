/** An answer that its readers leave and come back to, in Chromium. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium, launch } from "../../../../tools/test/chromium.ts";
import { lineTo } from "../../../../tools/test/line.ts";
import type { Line } from "../../../../tools/test/line.ts";
import { LAST, countTo, startOwnServer } from "./own-server.ts";
import { Reader } from "./reader.ts";

const WHOLE = countTo(LAST);
const LOST = "The connection is lost. Reconnecting";

describe.skipIf(!hasChromium())("an answer of the AI chat", () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof startOwnServer>>;
  let line: Line;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await startOwnServer();
    line = await lineTo(server.port);
  });
  afterEach(() => line.close());

  const open = (path = "/") => Reader.open(browser, `http://127.0.0.1:${line.port}${path}`);
  /** On a line of its own: the other one can be cut. */
  const openElsewhere = ({ page }: Reader) =>
    Reader.open(browser, `http://127.0.0.1:${server.port}/${new URL(page.url()).hash}`);

  /** A reader of an answer that has come to a number. */
  async function readerAt(number: number): Promise<Reader> {
    const reader = await open();
    await reader.ask("Count");
    await write(number);
    await reader.reads(number);
    return reader;
  }

  /** The server writes, whether anybody listens or not. */
  async function write(number: number): Promise<void> {
    server.model.countTo(number);
    await expect.poll(() => server.store.unfinished()[0]?.text ?? WHOLE).toBe(countTo(number));
  }

  async function isWholeFor(...readers: Reader[]): Promise<void> {
    server.model.countTo(LAST);
    for (const reader of readers) {
      expect(await reader.answer()).toBe(WHOLE);
      await reader.hasSeenOnly(WHOLE);
    }
  }

  it("is read from its first to its last piece", async () => {
    const reader = await open();
    await reader.ask("Count");
    await isWholeFor(reader);
  });

  it("goes on while the page is loaded again", async () => {
    const reader = await readerAt(40);
    for (const number of [80, 120, 160]) {
      await reader.hasSeenOnly(WHOLE);
      const loaded = reader.page.reload();
      await write(number);
      await loaded;
      await reader.reads(number);
    }
    await isWholeFor(reader);
  });

  it("goes on while nobody is there", async () => {
    const reader = await readerAt(40);
    const { hash } = new URL(reader.page.url());
    await reader.page.close();
    await write(200);
    const later = await open(`/${hash}`);
    await later.reads(200);
    await isWholeFor(later);
  });

  it("is there for somebody who comes when it has ended", async () => {
    const reader = await readerAt(40);
    await isWholeFor(reader);
    const later = await openElsewhere(reader);
    expect(await later.answer()).toBe(WHOLE);
  });

  it("catches up each time that the network was cut, and says how much", async () => {
    const reader = await readerAt(40);
    for (const [at, number] of [
      [40, 100],
      [100, 101],
      [101, 300],
    ] as const) {
      line.cut();
      await reader.says(LOST);
      await write(number);
      line.mend();
      await reader.says(`You are back. ${number - at === 1 ? "1 piece" : `${number - at} pieces`} caught up.`);
      await reader.reads(number);
    }
    await isWholeFor(reader);
  });

  it("catches up when it has ended while the network was cut", async () => {
    const reader = await readerAt(40);
    line.cut();
    await reader.says(LOST);
    server.model.countTo(LAST);
    await expect.poll(() => server.store.unfinished()).toEqual([]);
    line.mend();
    await isWholeFor(reader);
  });

  it("catches up when the network is cut while pieces are on their way", async () => {
    const reader = await readerAt(40);
    server.model.countTo(300);
    await reader.reads(41);
    line.cut();
    await reader.says(LOST);
    line.mend();
    await reader.reads(300);
    await isWholeFor(reader);
  });

  it("catches up after the browser was offline", async () => {
    const reader = await readerAt(40);
    await reader.page.context().setOffline(true);
    line.cut();
    await write(120);
    line.mend();
    await reader.page.context().setOffline(false);
    await reader.reads(120);
    await isWholeFor(reader);
  });

  it("is read from its beginning by somebody who goes to another conversation and back", async () => {
    const reader = await readerAt(100);
    for (const number of [150, 200, 250]) {
      server.model.countTo(number); // pieces are on their way to the channel that is left
      await reader.page.evaluate("location.hash = '#AAAAAAAAAAAAAAAAAAAAAA'");
      await reader.says("Ask, and walk away");
      await reader.page.evaluate("history.back()");
      await reader.reads(number);
      expect(await reader.text()).toBe(countTo(number));
    }
    server.model.countTo(LAST);
    expect(await reader.answer()).toBe(WHOLE);
  });

  it("is the same on a second device that comes in the middle", async () => {
    const first = await readerAt(100);
    const second = await openElsewhere(first);
    await second.reads(100);
    await isWholeFor(first, second);
  });

  it("stops on all devices at the same piece, and is written again on all of them", async () => {
    const first = await readerAt(50);
    const second = await openElsewhere(first);
    await second.reads(50);
    await second.page.keyboard.press("Escape");
    for (const reader of [first, second]) expect(await reader.answer("stopped")).toBe(countTo(50));
    server.model.countTo(LAST);
    await first.page.reload();
    expect(await first.answer("stopped")).toBe(countTo(50));

    await first.page.getByRole("button", { name: "Answer again" }).click();
    for (const reader of [first, second]) {
      expect(await reader.answer()).toBe(WHOLE);
      expect(await reader.page.locator(".answer").count()).toBe(1);
    }
  });

  it.each(["while it is read", "while its reader is away"])(
    "is whole when its log is gone %s, and says so",
    async (when) => {
      const reader = await readerAt(60);
      if (when === "while its reader is away") {
        line.cut();
        await reader.says(LOST);
        await write(90);
      }
      for (const { id } of server.store.unfinished()) await server.endpoint.clearHistory(`run:${id}`);
      server.model.countTo(200);
      line.mend();
      await reader.says("The server no longer had all pieces.");
      await reader.reads(200);
      await isWholeFor(reader);
    },
  );

  it("shows markup of prompts and answers as text", async () => {
    const markup = "<img src=x onerror=alert(1)> [a](javascript:alert(2)) <b>c</b>";
    const reader = await open();
    await reader.ask(markup);
    expect(await reader.answer()).toBe(markup);
    expect(await reader.page.locator(".prompt p").textContent()).toBe(markup);
    expect(await reader.page.locator("main :is(img, a, b)").count()).toBe(0);
  });
});
