/** Runs checks as tests: one application and one browser for all, fresh demo data and new browser contexts for each. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { hasChromium, launch } from "../../../../tools/test/chromium.ts";
import { startApp } from "./app.ts";
import type { App, AppOptions } from "./app.ts";
import type { Check } from "./check.ts";
import type { Transport } from "./person.ts";
import { World } from "./world.ts";

/** Pictures of checks that have failed. */
const PICTURES = fileURLToPath(new URL("../../../../artifacts/slack/failed/", import.meta.url));

export interface RunOptions extends AppOptions {
  readonly transport?: Transport;
  /** Other tests want the cores at the same time. */
  readonly isCrowded?: boolean;
}

export function run(
  title: string,
  checks: readonly Check[],
  { transport = "websocket", isCrowded = process.env["CI"] !== undefined, ...options }: RunOptions = {},
): void {
  describe.skipIf(!hasChromium())(title, { timeout: 600_000 }, () => {
    let app: App;
    let browser: Browser;

    beforeAll(async () => {
      [app, browser] = await Promise.all([startApp(options), launch()]);
    }, 120_000);
    afterAll(async () => {
      await browser.close();
      await app.close();
    });

    for (const { id, title, run: act } of checks) {
      it(`${id}. ${title}`, async () => {
        await app.reset();
        const world = new World(app, browser, { transport, slowness: isCrowded ? 5 : 1 });
        try {
          await act(world);
        } catch (error) {
          mkdirSync(PICTURES, { recursive: true });
          await world.pictures(`${PICTURES}${id}`);
          throw error;
        } finally {
          await world.end();
        }
      });
    }
  });
}
