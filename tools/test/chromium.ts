/** The Chromium of this machine, for all tests with pages. Nothing is downloaded. */
/* oxlint-disable no-console, node/no-process-env -- where Chromium is, and whether it must be there, is the environment's to say */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/**
 * Whether there is a Chromium for browser tests. When not, says how to get one; where CI is set, that is an error, so
 * that the tests cannot be left out unseen.
 */
export function hasChromium(): boolean {
  if (existsSync(path)) return true;
  const message = `no Chromium at ${path}: "apt-get install chromium" gets it, CHROMIUM_PATH says where it is`;
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(`Browser tests are left out: ${message}.`);
  return false;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    // Playwright turns the back-forward cache off, which people have.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
