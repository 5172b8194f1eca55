/**
 * How the page talks to the server: WebSocket, or long polling when its address says `?transport=longpoll`. Remembered
 * for the tab, because the addresses of rooms do not repeat it; `?transport=websocket` goes back.
 */
import type { TransportClass } from "@wingbeat/client";

const KEY = "roost:transport";

/** Undefined: the browser's WebSocket. */
export async function chosenTransport(search: string, storage: Storage): Promise<TransportClass | undefined> {
  const asked = new URLSearchParams(search).get("transport");
  if (asked !== null) storage.setItem(KEY, asked);
  if (storage.getItem(KEY) !== "longpoll") return undefined;
  const { LongPoll } = await import("./long-poll.ts");
  return LongPoll;
}
