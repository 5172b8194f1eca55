import { ok } from "wingbeat";
import { z } from "zod";
import { carryOut } from "../announce.ts";
import type { NotificationsJoined } from "../contract.ts";
import type { Db } from "../database.ts";
import {
  newestNotifications,
  notificationsAfter,
  notificationsBefore,
  readAll,
  readOne,
  unreadNotifications,
} from "../notifications.ts";
import { refused } from "../refused.ts";
import type { Services } from "../services.ts";
import { inboxTopics } from "../topics.ts";
import type { Everybody } from "../topics.ts";
import { userOf } from "../visitor.ts";
import type { Visitor } from "../visitor.ts";
import { loginOf } from "./login.ts";
import { BigId } from "../shapes.ts";

const Page = z.object({ before: BigId, limit: z.number().int().min(1).max(50).default(20) });

/** Who mentioned the user, wrote to them or invited them: on all of the user's devices, and on nobody else's. */
export function notificationChannel({ db }: Services) {
  return (
    inboxTopics
      .assigns<Visitor>()
      .talksTo<Everybody>()
      .join(z.object({ after: BigId.or(z.literal(0)).optional() }), async (ctx, { after }) => {
        const { user } = loginOf(ctx.assigns);
        if (ctx.params.id !== String(user.id)) {
          throw refused("unauthorized", "These are somebody else's notifications.");
        }
        return ok(await stateOf(db, user.id, after));
      })
      // The server is the only author: there is no event that makes a notification.
      .handleIn("list", Page, async (ctx, { before, limit }) =>
        ok(await notificationsBefore(db, userOf(ctx).id, before, limit)),
      )
      .handleIn("read", z.object({ id: BigId }), async (ctx, { id }) =>
        ok(await carryOut(ctx.endpoint, () => readOne(db, userOf(ctx).id, id))),
      )
      .handleIn("read_all", z.object({ upTo: BigId }), async (ctx, { upTo }) =>
        ok(await carryOut(ctx.endpoint, () => readAll(db, userOf(ctx).id, upTo))),
      )
  );
}

/** The first page; with `after` what is newer than that, so that a client which was away gets what it missed. */
async function stateOf(db: Db, userId: number, after: number | undefined): Promise<NotificationsJoined> {
  const unread = await unreadNotifications(db, userId);
  if (after === undefined) return { unread, ...(await newestNotifications(db, userId)) };
  return { unread, items: await notificationsAfter(db, userId, after), cursor: null };
}
