/** An answer that its readers leave and come back to: in Chromium, with the built server as a process. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium, launch } from "../../../../tools/test/chromium.ts";
import { answerTo } from "../../src/model/stand-in-texts.ts";
import { lineTo } from "./network.ts";
import type { Line } from "./network.ts";
import { Program } from "./program.ts";
import { Reader } from "./reader.ts";

const PROMPT = "Count to 400";
const WHOLE = answerTo(PROMPT);

describe.skipIf(!hasChromium())("an answer of the AI chat", () => {
  let browser: Browser;
  let program: Program;
  let line: Line;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    program = await Program.start();
    line = await lineTo(program.port);
  });
  afterEach(async () => {
    line.close();
    await program.close();
  });

  const open = (path = "/") => Reader.open(browser, `http://127.0.0.1:${line.port}${path}`);
  /** A line of its own, so that the other one can be cut. */
  const openElsewhere = ({ page }: Reader) =>
    Reader.open(browser, `http://127.0.0.1:${program.port}/${new URL(page.url()).hash}`);

  it("is read from its first to its last piece", async () => {
    const reader = await open();
    await reader.ask(PROMPT);
    expect(await reader.answer()).toBe(WHOLE);
    await reader.hasSeenOnly(WHOLE);
  });

  it("goes on while the page is loaded again, and is whole", async () => {
    const reader = await open();
    await reader.ask(PROMPT);
    for (const word of ["40", "120", "200"]) {
      await reader.reads(word);
      await reader.hasSeenOnly(WHOLE);
      await reader.page.reload();
    }
    expect(await reader.answer()).toBe(WHOLE);
    await reader.hasSeenOnly(WHOLE);
  });

  it("goes on while nobody is there", async () => {
    const reader = await open();
    await reader.ask(PROMPT);
    await reader.reads("40");
    const address = reader.page.url();
    await reader.page.close();
    const later = await open(`/${new URL(address).hash}`);
    expect(await later.answer()).toBe(WHOLE);
    await later.hasSeenOnly(WHOLE);
  });

  it("catches up after each time that the network was cut, and says how much", async () => {
    const reader = await open();
    await reader.ask(PROMPT);
    for (const word of ["40", "160"]) {
      await reader.reads(word);
      line.cut();
      await reader.says("The connection is lost. The answer goes on");
      // Until another reader is far ahead.
      const other = await openElsewhere(reader);
      await other.reads(String(Number(word) + 60));
      line.mend();
      await reader.says(/You are back\. \d+ pieces caught up\./);
    }
    expect(await reader.answer()).toBe(WHOLE);
    await reader.hasSeenOnly(WHOLE);
  });

  it("catches up after the browser was offline", async () => {
    const reader = await open();
    await reader.ask(PROMPT);
    await reader.reads("40");
    await reader.page.context().setOffline(true);
    line.cut();
    await reader.says("The connection is lost. The answer goes on");
    line.mend();
    await reader.page.context().setOffline(false);
    expect(await reader.answer()).toBe(WHOLE);
    await reader.hasSeenOnly(WHOLE);
  });

  it("is the same on a second device that comes in the middle", async () => {
    const first = await open();
    await first.ask(PROMPT);
    await first.reads("100");
    const second = await openElsewhere(first);
    expect(await second.answer()).toBe(WHOLE);
    expect(await first.answer()).toBe(WHOLE);
    await first.hasSeenOnly(WHOLE);
    await second.hasSeenOnly(WHOLE);
  });

  it("stops on all devices at the same piece, and stays there", async () => {
    const first = await open();
    await first.ask(PROMPT);
    await first.reads("50");
    const second = await openElsewhere(first);
    await second.reads("60");
    await second.page.keyboard.press("Escape");
    const stopped = await second.answer("stopped");
    expect(await first.answer("stopped")).toBe(stopped);
    expect(WHOLE.startsWith(stopped)).toBe(true);
    expect(stopped.length).toBeLessThan(WHOLE.length);
    await first.page.reload();
    expect(await first.answer("stopped")).toBe(stopped);

    await first.page.getByRole("button", { name: "Answer again" }).click();
    expect(await first.answer()).toBe(WHOLE);
    expect(await second.answer()).toBe(WHOLE);
    expect(await second.page.locator(".answer").count()).toBe(1);
  });

  it("has all that was written when the server starts again, and says that it ends there", async () => {
    const reader = await open();
    await reader.ask(PROMPT);
    await reader.reads("80");
    await program.end("SIGTERM");
    await reader.says("The connection is lost.");
    await program.start();
    const kept = await reader.answer("failed");
    await reader.says("The server stopped while it was writing this answer.");
    expect(WHOLE.startsWith(kept)).toBe(true);
    await reader.hasSeenOnly(kept);
    const other = await openElsewhere(reader);
    expect(await other.answer("failed")).toBe(kept);

    await reader.page.getByRole("button", { name: "Answer again" }).click();
    expect(await reader.answer()).toBe(WHOLE);
  });

  it("is what was stored when the server was killed, and says so", async () => {
    const reader = await open();
    await reader.ask(PROMPT);
    await reader.reads("150");
    await program.end("SIGKILL");
    await reader.says("The connection is lost.");
    const shown = await reader.text();
    await program.start();
    const kept = await reader.answer("failed");
    await reader.says("The server stopped while it was writing this answer.");
    expect(WHOLE.startsWith(kept)).toBe(true);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(shown.length);
    await reader.page.reload();
    expect(await reader.answer("failed")).toBe(kept);
  });
});
