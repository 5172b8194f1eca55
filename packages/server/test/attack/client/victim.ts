/** The application under a hostile server: a socket, channels, presences, pushes. Runs in Node and in a page. */
import { Presence, Socket } from "@wingbeat/client";
import type { SocketOptions } from "@wingbeat/client";

/** What it does by default, only sooner: a campaign has minutes. */
const OPTIONS = { heartbeatIntervalMs: 1_000, timeout: 2_000 };

export const TOPICS = ["room:1", "room:2", "presence:1"];

export interface Victim {
  readonly received: number;
  readonly failed: number;
}

/** Joins all topics, and pushes `echo` on each, ten times in a second. `transport`: where there is no global one. */
export function startVictim(url: string, transport?: SocketOptions["transport"]): Victim {
  const figures = { received: 0, failed: 0 };
  const count = (): void => void figures.received++;
  const fail = (): void => void figures.failed++;
  const socket = new Socket(url, { ...OPTIONS, transport });
  socket.onError(fail);
  socket.onClose(fail);
  socket.onMessage(count);
  const channels = TOPICS.map((topic) => {
    const channel = socket.channel(topic, {});
    channel.on("said", count);
    channel.onError(fail);
    const presence = new Presence(channel);
    presence.onSync(() => void presence.list());
    channel.join().receive("error", fail).receive("timeout", fail);
    return channel;
  });
  socket.connect();
  setInterval(() => {
    for (const channel of channels) {
      try {
        channel
          .push("echo", { at: figures.received })
          .receive("ok", count)
          .receive("error", fail)
          .receive("timeout", fail);
      } catch {
        fail();
      }
    }
  }, 100);
  return figures;
}
