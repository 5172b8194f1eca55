import { defineChannel } from "wingbeat";
import { z } from "zod";
import { carryOut } from "../announce.ts";
import type { NotificationPushes, NotificationsJoined } from "../contract.ts";
import type { Db } from "../database.ts";
import {
  newestNotifications,
  notificationsAfter,
  notificationsBefore,
  readAll,
  readOne,
  unreadNotifications,
} from "../notifications.ts";
import { Refused } from "../refused.ts";
import type { Services } from "../services.ts";
import { userOf } from "../visitor.ts";
import type { Visitor } from "../visitor.ts";
import { answer } from "./answer.ts";
import { loginOf } from "./login.ts";
import { BigId } from "../shapes.ts";

const Page = z.object({ before: BigId, limit: z.number().int().min(1).max(50).default(20) });

/** `connect`'s assigns, and what belongs to this device. */
/** Who mentioned the user, wrote to them or invited them: on all of the user's devices, and on nobody else's. */
export function notificationChannel({ db }: Services) {
  return (
    defineChannel("notifications:{id}")
      .assigns<Visitor>()
      .pushes<NotificationPushes>()
      .join(z.object({ after: BigId.or(z.literal(0)).optional() }), (ctx, { after }) =>
        answer(async () => {
          const { user } = loginOf(ctx.assigns);
          if (ctx.params.id !== String(user.id)) {
            throw new Refused("unauthorized", "These are somebody else's notifications.");
          }
          return stateOf(db, user.id, after);
        }),
      )
      // The server is the only author: there is no event that makes a notification.
      .handleIn("list", Page, (ctx, { before, limit }) =>
        answer(() => notificationsBefore(db, userOf(ctx).id, before, limit)),
      )
      .handleIn("read", z.object({ id: BigId }), (ctx, { id }) =>
        answer(() => carryOut(ctx.endpoint, () => readOne(db, userOf(ctx).id, id))),
      )
      .handleIn("read_all", z.object({ upTo: BigId }), (ctx, { upTo }) =>
        answer(() => carryOut(ctx.endpoint, () => readAll(db, userOf(ctx).id, upTo))),
      )
  );
}

/** The first page; with `after` what is newer than that, so that a client which was away gets what it missed. */
async function stateOf(db: Db, userId: number, after: number | undefined): Promise<NotificationsJoined> {
  const unread = await unreadNotifications(db, userId);
  if (after === undefined) return { unread, ...(await newestNotifications(db, userId)) };
  return { unread, items: await notificationsAfter(db, userId, after), cursor: null };
}
