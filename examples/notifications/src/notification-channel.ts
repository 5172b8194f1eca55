import { defineChannel, definePresence, ok, refuse } from "wingbeat";
import type { ChannelEndpoint } from "wingbeat";
import { z } from "zod";
import { countUnread } from "./inbox.ts";
import type { Inbox } from "./inbox.ts";
import type { Mutes } from "./mutes.ts";
import type { Notification } from "./notification.ts";
import type { Sent } from "./sent.ts";
import { tellAuthors } from "./stats-channel.ts";
import { userOf } from "./users.ts";
import type { User } from "./users.ts";

/** Who is there to be told, and who reads the board: on all processes. */
export const presence = definePresence<Record<never, never>>({ name: "notifications" });

/** What a client needs to be up to date. */
export interface State {
  /** Newest first. All that is new to the client, or the last 20 when `reset`. */
  readonly items: readonly Notification[];
  readonly unread: number;
  /** For `after` in the next join. */
  readonly cursor: number;
  /** Forget what you have: `items` stands alone. */
  readonly reset: boolean;
}

/** Notifications that have changed. */
export interface Ids {
  readonly ids: readonly number[];
  readonly unread: number;
  readonly cursor: number;
}

/** What `markRead` needs of a channel. */
interface Reader {
  readonly assigns: { readonly user: User };
  readonly endpoint: ChannelEndpoint;
  broadcast(event: "read", payload: Ids): void;
}

const Join = z.object({ after: z.number().int().min(0).optional() });
const Note = z.object({
  body: z.string().trim().min(1, "Write something first.").max(200, "Keep it below 200 characters."),
});
const Page = z.object({ before: z.number().int().positive(), limit: z.number().int().min(1).max(50).default(20) });
const Mute = z.object({ user_id: z.number(), muted: z.boolean() });
const FIRST = 20;

/** One user's notifications, on all of the user's devices: `notifications:21` is for user 21 alone. */
export function notificationChannel(inbox: Inbox, mutes: Mutes, sent: Sent) {
  /** Marks as read, and tells the user's devices and whoever wrote. */
  async function markRead(ctx: Reader, which: (notification: Notification) => boolean) {
    const { changed, unread, cursor } = await inbox.read(ctx.assigns.user.id, which);
    const ids = changed.map(({ id }) => id);
    if (ids.length > 0) {
      ctx.broadcast("read", { ids, unread, cursor });
      await tellAuthors(ctx.endpoint, sent, changed);
    }
    return ok({ ids, unread });
  }

  return (
    defineChannel("notifications:{id}")
      .assigns<{ user: User }>()
      .pushes<{
        new_notification: { notification: Notification; unread: number; cursor: number };
        read: Ids;
        retract: Ids;
        muted: { ids: number[] };
      }>()
      .join(Join, async (ctx, { after }) => {
        const { id } = ctx.assigns.user;
        if (ctx.params.id !== String(id)) return refuse({ reason: "unauthorized" });
        presence.track(ctx, id, {});
        // What is stored meanwhile is also broadcast, and comes after the reply.
        return ok({ ...(await stateOf(inbox, id, after)), muted: await mutes.of(id) });
      })
      // A note to oneself: no client can write to another user, because it is on no other user's topic.
      .handleIn("new_notification", Note, async (ctx, { body }) => {
        const { user } = ctx.assigns;
        const draft = { kind: "note", actor: user, comment_id: null, excerpt: body, read: false } as const;
        const { changed, unread, cursor } = await inbox.add(user.id, draft);
        ctx.broadcast("new_notification", { notification: changed, unread, cursor });
      })
      .handleIn("read", z.object({ id: z.number() }), (ctx, { id }) =>
        markRead(ctx, (notification) => notification.id === id),
      )
      .handleIn("read_all", z.object({ up_to: z.number() }), (ctx, { up_to }) =>
        markRead(ctx, (notification) => notification.id <= up_to),
      )
      .handleIn("list", Page, async (ctx, { before, limit }) => {
        const older = (await inbox.all(ctx.assigns.user.id)).filter((item) => item.id < before && !item.retracted);
        return ok({ items: older.slice(0, limit), has_more: older.length > limit });
      })
      .handleIn("mute", Mute, async (ctx, { user_id, muted }) => {
        const { id } = ctx.assigns.user;
        if (user_id === id || userOf(user_id) === undefined) return refuse({ reason: "There is nobody to mute." });
        await mutes.set(id, user_id, muted);
        ctx.broadcast("muted", { ids: await mutes.of(id) });
        return ok();
      })
  );
}

/** What is new to a client that has seen everything up to the cursor `after`. */
async function stateOf(inbox: Inbox, userId: number, after: number | undefined): Promise<State> {
  const all = await inbox.all(userId);
  const unread = countUnread(all);
  // A cursor from before the store was emptied says nothing.
  if (after === undefined || after > (await inbox.lastCursor())) {
    const items = all.filter(({ retracted }) => !retracted).slice(0, FIRST);
    return { items, unread, cursor: highest(all, 0), reset: true };
  }
  const items = all.filter((item) => item.cursor > after);
  return { items, unread, cursor: highest(items, after), reset: false };
}

const highest = (items: readonly Notification[], from: number): number =>
  items.reduce((cursor, item) => Math.max(cursor, item.cursor), from);
