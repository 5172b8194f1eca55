/** From Enter in one window to the message in another one, by the clock that both pages share. */
import type { Browser } from "playwright-core";
import { percentile } from "./figure.ts";
import type { FiguresServer } from "./server.ts";

const MESSAGES = 200;
/** The first ones are not counted: the page's code is not compiled yet. */
const WARM_UP = 10;
/** Milliseconds between two messages: as fast as somebody who hurries. */
const PAUSE = 150;

export async function measureRoundTrips(
  browser: Browser,
  server: FiguresServer,
): Promise<{ p50: number; p95: number }> {
  const sender = await server.visit(browser, "alice", WATCH_ENTER);
  const reader = await server.visit(browser, "bob", WATCH_MESSAGES);
  for (const page of [sender, reader]) {
    await page.goto(server.url);
    await page.getByTestId("composer").waitFor();
  }
  await sender.getByTestId("composer").focus();
  for (let count = 0; count < WARM_UP + MESSAGES; count++) {
    await sender.keyboard.insertText(`figure ${count}`);
    await sender.keyboard.press("Enter");
    await sender.waitForTimeout(PAUSE);
  }
  await reader.getByText(`figure ${WARM_UP + MESSAGES - 1}`, { exact: true }).waitFor();
  const sent = (await sender.evaluate("window.sentAt")) as Record<string, number>;
  const seen = (await reader.evaluate("window.seenAt")) as Record<string, number>;
  const times = Array.from({ length: MESSAGES }, (_, index) => {
    const text = `figure ${WARM_UP + index}`;
    return (seen[text] ?? Number.NaN) - (sent[text] ?? Number.NaN);
  });
  if (times.some((time) => Number.isNaN(time))) throw new Error("a message was not seen");
  for (const page of [sender, reader]) await page.context().close();
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

const WATCH_ENTER = `
  window.sentAt = {};
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.sentAt[event.target.value] = performance.timeOrigin + performance.now();
  }, { capture: true });
`;

/** In the frame in which the message is painted. */
const WATCH_MESSAGES = `
  window.seenAt = {};
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        const bodies = node.querySelectorAll?.("[data-testid^=msg-body-]") ?? [];
        for (const { textContent } of bodies) {
          if (!(textContent in window.seenAt)) window.seenAt[textContent] = performance.timeOrigin + performance.now();
        }
      }
    }
  }).observe(document, { childList: true, subtree: true });
`;
