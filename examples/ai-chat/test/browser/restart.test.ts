/** A server that ends in the middle of an answer, as a process: what its readers see. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium, launch } from "../../../../tools/test/chromium.ts";
import { Program } from "../../../../tools/test/program.ts";
import { countTo } from "./own-server.ts";
import { Reader } from "./reader.ts";

/** The stand-in takes minutes for it: no machine is so slow that it ends before the server does. */
const WHOLE = countTo(999);
const SERVER = fileURLToPath(new URL("../../dist/server.js", import.meta.url));
const INTERRUPTED = "The server stopped while it was writing this answer.";

describe.skipIf(!hasChromium())("an answer whose server ends", () => {
  let browser: Browser;
  let program: Program;
  let data: string;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), "ai-chat-restart-"));
    program = await Program.start(SERVER, { DATA_DIR: data, OPENAI_BASE_URL: "", TOKENS_PER_SECOND: "5" });
  });
  afterEach(async () => {
    await program.end("SIGKILL");
    rmSync(data, { recursive: true });
  });

  async function readerOfAnswer(): Promise<Reader> {
    const reader = await Reader.open(browser, `http://127.0.0.1:${program.port}`);
    await reader.ask("Count to 999");
    await reader.reads(8);
    return reader;
  }

  /** The server is there again; the page says that the answer ended early. Gives what it has of it. */
  async function answerAfterStart(reader: Reader): Promise<string> {
    await reader.says("The connection is lost.");
    await program.start();
    const kept = await reader.answer("failed");
    await reader.says(INTERRUPTED);
    expect(WHOLE.startsWith(kept)).toBe(true);
    return kept;
  }

  it("has every piece that was written when the server was stopped, and can be asked for again", async () => {
    const reader = await readerOfAnswer();
    await program.end("SIGTERM");
    const kept = await answerAfterStart(reader);
    await reader.hasSeenOnly(kept);
    const other = await Reader.open(browser, reader.page.url());
    expect(await other.answer("failed")).toBe(kept);

    await reader.page.getByRole("button", { name: "Answer again" }).click();
    await reader.reads(3);
    await other.reads(3);
    expect(await reader.page.locator(".answer").count()).toBe(1);
  });

  it("is what was stored when the server was killed, and stays that", async () => {
    const reader = await readerOfAnswer();
    await program.end("SIGKILL");
    const kept = await answerAfterStart(reader);
    // Every half a second is stored: some pieces may have been shown and are gone, which the page says.
    expect(kept).not.toBe("");
    await reader.page.reload();
    expect(await reader.answer("failed")).toBe(kept);
  });
});
