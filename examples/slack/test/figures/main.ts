/**
 * `npm run figures:slack`: how fast the page is, measured in Chromium against the server as `npm start` runs it, with its
 * demo data and a room of 10,000 messages. Prints a table; the exit code is 1 when a goal is missed. The figures are
 * about the machine as well: run it alone.
 */
/* oxlint-disable no-console -- this is the program */
import { hasChromium, launch } from "../../../../tools/test/chromium.ts";
import { measureFirstPage } from "./first-page.ts";
import { figure, printTable } from "./figure.ts";
import type { Figure } from "./figure.ts";
import { measureRoundTrips } from "./round-trip.ts";
import { measureScrolling } from "./scrolling.ts";
import { prepareServer } from "./server.ts";

if (!hasChromium()) process.exit(1);
const server = await prepareServer();
const browser = await launch();
const figures: Figure[] = [];
try {
  const first = await measureFirstPage(browser, server);
  figures.push(
    figure("First page, cold server: until one can type (median of 5)", first.median, "ms", 1_500),
    figure("First page, cold server: the slowest of 5", first.slowest, "ms"),
    figure("JavaScript of the first page, gzip", first.kilobytes, "kB", 250),
  );
  await server.start();
  const trips = await measureRoundTrips(browser, server);
  figures.push(
    figure("Enter in one window to the message in another: p50 of 200", trips.p50, "ms"),
    figure("Enter in one window to the message in another: p95 of 200", trips.p95, "ms", 50),
  );
  const scrolling = await measureScrolling(browser, server);
  figures.push(
    figure("2,000 of 10,000 messages up and down: longest task", scrolling.longest, "ms", 100),
    figure("2,000 of 10,000 messages up and down: tasks above 50 ms", scrolling.count, ""),
    figure("Rows in the page at most", scrolling.rows, ""),
  );
} finally {
  await browser.close();
  await server.close();
}
printTable(figures);
if (figures.some(({ isMissed }) => isMissed)) process.exitCode = 1;
