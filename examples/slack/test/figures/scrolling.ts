/** A room of 10,000 messages, scrolled up through 2,000 of them and down again with the wheel. */
import type { Browser, Page } from "playwright-core";
import { LARGE_ROOM } from "./server.ts";
import type { FiguresServer } from "./server.ts";

const DISTANCE = 2_000;
/** Pixels and milliseconds between two turns of the wheel: fast, but as a hand does it. */
const STEP = 900;
const PAUSE = 40;
/** What takes longer has lost its way. */
const MAX_TURNS = 3_000;

export interface Scrolling {
  /** Milliseconds; 0 when no task took more than 50. */
  readonly longest: number;
  /** Tasks that took more than 50 ms. */
  readonly count: number;
  readonly rows: number;
}

export async function measureScrolling(browser: Browser, server: FiguresServer): Promise<Scrolling> {
  const page = await server.visit(browser, "alice", "");
  await page.goto(server.url);
  await page.getByTestId(`room-${LARGE_ROOM}`).click();
  await page.getByTestId("composer").waitFor();
  await page.waitForTimeout(1_000);
  await page.evaluate(WATCH_TASKS);
  await page.getByTestId("message-list").hover();
  const [, last] = await seqs(page);
  await turn(page, -STEP, async () => (await seqs(page))[0] <= last - DISTANCE);
  await turn(page, STEP, async () => (await seqs(page))[1] >= last);
  const tasks = (await page.evaluate("window.longTasks")) as number[];
  const rows = Number(await page.evaluate("window.mostRows"));
  await page.context().close();
  return { longest: Math.max(0, ...tasks), count: tasks.length, rows };
}

async function turn(page: Page, by: number, isThere: () => Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    await page.mouse.wheel(0, by);
    await page.waitForTimeout(PAUSE);
    if (turns % 10 === 9 && (await isThere())) return;
  }
  throw new Error(`the list does not get there: it is at ${(await seqs(page)).join(" to ")}`);
}

/** Of the first and the last row in the page. */
async function seqs(page: Page): Promise<[number, number]> {
  const all = (await page.evaluate(SEQS)) as number[];
  return [all.at(0) ?? Number.NaN, all.at(-1) ?? Number.NaN];
}

const SEQS = `
  [...document.querySelectorAll("[data-row][data-seq]")].map((row) => Number(row.dataset.seq))
`;

const WATCH_TASKS = `
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: "longtask" });
  window.mostRows = 0;
  document.querySelector(".message-scroller").addEventListener("scroll", () => {
    window.mostRows = Math.max(window.mostRows, document.querySelectorAll("[data-row]").length);
  });
`;
