import { defineChannel, ok, refuse } from "wingbeat";
import type { ChannelEndpoint } from "wingbeat";
import type { Notification } from "./notification.ts";
import type { Sent, Stats } from "./sent.ts";
import type { User } from "./users.ts";

/** How many of one's own mentions have been read: a second channel on the same connection. */
export function statsChannel(sent: Sent) {
  return defineChannel("user_approval_stats:{id}")
    .assigns<{ user: User }>()
    .pushes<{ stats: Stats }>()
    .join((ctx) => {
      const { id } = ctx.assigns.user;
      if (ctx.params.id !== String(id)) return refuse({ reason: "unauthorized" });
      ctx.afterJoin(async () => ctx.push("stats", await sent.stats(id)));
      return ok(`Joined ${ctx.topic}`); // a reply may be any JSON, a text too
    });
}

/** Tells those who have caused notifications what has become of them. */
export async function tellAuthors(
  endpoint: ChannelEndpoint,
  sent: Sent,
  notifications: readonly Notification[],
): Promise<void> {
  const actors = notifications.filter(({ kind }) => kind === "mention").map(({ actor }) => actor.id);
  for (const id of new Set(actors)) {
    endpoint.broadcast(`user_approval_stats:${id}`, "stats", await sent.stats(id));
  }
}
