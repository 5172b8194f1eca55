/** What the server sends to a page, over whichever transport. */
import type { Page } from "playwright-core";

/** Everything from now on, as it arrives; nothing of it is left out. Call it before the page connects. */
export function watchTraffic(page: Page): string[] {
  const received: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => void received.push(String(payload))));
  page.on("response", (response) => {
    if (!response.url().includes("/socket/longpoll")) return;
    // A poll whose page was left has no body.
    response.text().then(
      (text) => void received.push(text),
      () => {},
    );
  });
  return received;
}
