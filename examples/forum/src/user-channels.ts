/** The three channels of the forum. They say that something has changed; the page then fetches what it needs. */
import { defineChannel, definePresence, ok, refuse } from "wingbeat";
import { z } from "zod";
import type { Session } from "./sessions.ts";

/** What `connect` assigns: a session, or nothing for visitors who are not logged in. */
export type Visitor = Partial<Session>;

/** A payload without anything in it: a signal. */
type Signal = Record<never, never>;

/** Who is logged in and on `user:public`, on all processes. */
export const online = definePresence<Signal>({ name: "forum" });

/** For everybody. Knows who is online, but counts members only. */
export const publicChannel = defineChannel("user:public")
  .assigns<Visitor>()
  .pushes<{ announcement: { motd: string } } & typeof online.events>()
  .join((ctx) => {
    const { userId } = ctx.assigns;
    if (userId !== undefined) online.track(ctx, userId, {});
    return ok();
  })
  .handleIn("is_online", z.object({ user_id: z.number().int() }), (ctx, { user_id }) =>
    ok({ id: user_id, online: online.getByKey(ctx, user_id) !== undefined }),
  );

/** For who is logged in: a role's permissions have changed. Clients look whether they have that role. */
export const roleChannel = defineChannel("user:role")
  .assigns<Visitor>()
  .pushes<{ permissionsChanged: { lookup: string } }>()
  .join((ctx) => (ctx.assigns.userId === undefined ? unauthorized(ctx.topic) : ok()));

/** For one member alone, on all of their devices. */
export const memberChannel = defineChannel("user:{id}")
  .assigns<Visitor>()
  .pushes<{
    reauthenticate: Signal;
    /** `token` is the session's id, which stands for its token: the token itself would let in whoever reads it. */
    logout: { token: string };
    newMessage: Signal;
    refreshMentions: Signal;
  }>()
  .join((ctx) => {
    const { userId } = ctx.assigns;
    return userId !== undefined && ctx.params.id === String(userId) ? ok() : unauthorized(ctx.topic);
  });

function unauthorized(topic: string) {
  return refuse({ reason: `unauthorized, cannot join '${topic}' channel` });
}
