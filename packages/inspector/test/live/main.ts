/**
 * `npm run inspector:live`: the page over three nodes, a Redis and 2,000 clients, in Chromium. Compares its figures with
 * what the clients know, measures what looking costs the node that is looked at, and leaves pictures.
 *
 *   npm run inspector:live -- --clients 2000 --seconds 20 --pictures /tmp/inspector
 */
/* oxlint-disable no-console -- it is a command */
import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launch } from "../../../../tools/test/chromium.ts";
import { startCluster } from "./cluster.ts";
import type { LiveCluster } from "./cluster.ts";
import { checkFigures, checkIncidents, checkLoss } from "./truth.ts";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "2000" },
    seconds: { type: "string", default: "20" },
    pictures: { type: "string", default: join(tmpdir(), "wingbeat-inspector") },
  },
});
const seconds = Number(values.seconds);
/** Messages per second while the cost is measured. */
const PER_SECOND = 200;

/** The ms of a core that a process has used so far: Linux counts them in hundredths of a second. */
function used({ pid }: { readonly pid: number }): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [inCode, inSystem] = fields.split(" ").slice(11, 13).map(Number);
  return ((inCode ?? 0) + (inSystem ?? 0)) * 10;
}

/** The share of a core that each node uses while messages come. */
async function costs(cluster: LiveCluster): Promise<number[]> {
  const before = cluster.nodes.map(used);
  const startedAt = performance.now();
  while (performance.now() - startedAt < seconds * 1_000) {
    await Promise.all([cluster.say(PER_SECOND / 10), new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  const time = performance.now() - startedAt;
  return cluster.nodes.map((node, nth) => (used(node) - (before[nth] ?? 0)) / time);
}

const percent = (shares: readonly number[]): string =>
  shares.map((share) => `${(share * 100).toFixed(1)} %`).join(", ");

async function pictures(page: Page): Promise<void> {
  mkdirSync(values.pictures, { recursive: true });
  const places = ["overview", "doors", "connections", "topics", "topic?topic=room:0", "events", "errors", "pressure"];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const place of [...places, "presence", "history", "cluster", "tap?topic=room:0"]) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
      await page.locator("main h1").waitFor();
      await page.getByText("Asking the nodes…").waitFor({ state: "detached" });
      const name = `${place.replace(/\W+/g, "-")}-${colorScheme}.png`;
      await page.screenshot({ path: join(values.pictures, name) });
    }
  }
}

const cluster = await startCluster(Number(values.clients));
const browser = await launch();
try {
  console.log(`${cluster.clients.length} clients on three nodes.`);
  console.log(`CPU per node while nobody looks: ${percent(await costs(cluster))}`);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  await page.goto(cluster.url);
  await page.getByText("3 of 3 nodes").waitFor();
  console.log(`CPU per node while the overview is looked at: ${percent(await costs(cluster))}`);
  await page.evaluate("location.hash = '#/connections'");
  console.log(`CPU per node while 200 connections are looked at: ${percent(await costs(cluster))}`);
  console.log(`The page says of it: ${await page.locator(".status-cost").innerText()}`);
  await page.close();

  // Counts begin when somebody looks again.
  await new Promise((resolve) => setTimeout(resolve, 35_000));
  const fresh = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  fresh.setDefaultTimeout(60_000);
  await fresh.goto(cluster.url);
  await fresh.getByText("3 of 3 nodes").waitFor();
  await checkFigures(fresh, cluster);
  await checkIncidents(fresh, cluster);
  await pictures(fresh);
  await checkLoss(fresh, cluster);
  console.log(`All figures are those of the clients. Pictures: ${values.pictures}`);
} finally {
  await browser.close();
  await cluster.close();
}
process.exit(0);
