/** The Chromium of this machine, for all tests with pages. Nothing is downloaded. */
/* oxlint-disable no-console, node/no-process-env -- where Chromium is, and whether it must be there, is the environment's to say */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/**
 * Whether there is a Chromium for browser tests. If not, it says how to install one; where CI is set that is an error, so
 * that the tests cannot be skipped unnoticed.
 */
export function hasChromium(): boolean {
  if (existsSync(path)) return true;
  const message = `no Chromium at ${path}: "apt-get install chromium" gets it, CHROMIUM_PATH says where it is`;
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(`Browser tests are skipped: ${message}.`);
  return false;
}

const OPTIONS = {
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
};

export function launch(): Promise<Browser> {
  return chromium.launch(OPTIONS);
}

/** A Chromium of its own, as on a laptop: while it sleeps, time goes by without it. */
export interface Laptop {
  readonly browser: Browser;
  /** Nothing can be asked of the browser until it is awake again. */
  sleep(): void;
  wake(): void;
  close(): Promise<void>;
}

export async function launchLaptop(): Promise<Laptop> {
  const server = await chromium.launchServer(OPTIONS);
  const { pid } = server.process();
  if (pid === undefined) throw new Error("Chromium has not started");
  // All its processes are one group: renderers, the network's, and what they start.
  const tell = (signal: NodeJS.Signals): void => void process.kill(-pid, signal);
  return {
    browser: await chromium.connect(server.wsEndpoint()),
    sleep: () => tell("SIGSTOP"),
    wake: () => tell("SIGCONT"),
    close: () => server.kill(),
  };
}
