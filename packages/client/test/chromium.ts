/** The Chromium of this machine. Nothing is downloaded. */
/* oxlint-disable no-console -- whoever runs the tests must see that these were left out */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Whether there is a Chromium. When not, says how to get one; in CI that is an error. */
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
    // Playwright turns the back-forward cache off.
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
