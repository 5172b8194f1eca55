import { ok } from "wingbeat";
import { z } from "zod";
import { currentAnnouncement } from "../announcements.ts";
import { isOnline } from "../presence.ts";
import type { Services } from "../services.ts";
import { publicTopic } from "../topics.ts";
import type { Visitor } from "../visitor.ts";

const Person = z.object({ user_id: z.number().int() });

/** For everybody, logged in or not: the announcement above all pages. */
export function publicChannel({ db }: Services) {
  return publicTopic
    .assigns<Visitor>()
    .join(async () => ok({ announcement: await currentAnnouncement(db) }))
    .handleIn("is_online", Person, (ctx, { user_id }) => ok({ id: user_id, online: isOnline(ctx, user_id) }));
}
