/** The session of the page, and the user's others. */
import { Hono } from "hono";
import { deleteCookie } from "hono/cookie";
import { meOf, revokeAllSessions, revokeSession } from "../accounts.ts";
import { sessionTopic, userTopic } from "../topics.ts";
import type { UserPushes } from "../contract.ts";
import { signPass } from "../socket.ts";
import { COOKIE } from "./app.ts";
import type { App, HttpServices } from "./app.ts";

export function sessionRoutes(services: HttpServices): Hono<App> {
  const { db, endpoint, secret } = services;

  /** Pages leave by themselves when they hear `logout`. The disconnect is for those that do not. */
  function end(userId: number, ids: readonly string[], logout: UserPushes["logout"]): void {
    endpoint.broadcast(userTopic(userId), "logout", logout);
    for (const id of ids) endpoint.disconnect(sessionTopic(id));
  }

  return new Hono<App>()
    .get("/me", async (c) => {
      const { user, sessionId } = c.var.login;
      return c.json(await meOf(db, user.id, sessionId));
    })
    .get("/socket-token", (c) => {
      const { user, sessionId } = c.var.login;
      return c.json({ token: signPass(secret, { userId: user.id, sessionId }), userId: user.id });
    })
    .post("/logout", async (c) => {
      const { user, sessionId } = c.var.login;
      await revokeSession(db, user.id, sessionId);
      end(user.id, [sessionId], { sessionId });
      deleteCookie(c, COOKIE);
      return c.json({});
    })
    .post("/logout-all", async (c) => {
      const { user } = c.var.login;
      end(user.id, await revokeAllSessions(db, user.id), { sessionId: null });
      deleteCookie(c, COOKIE);
      return c.json({});
    })
    .delete("/sessions/:id", async (c) => {
      const { user } = c.var.login;
      const sessionId = c.req.param("id");
      await revokeSession(db, user.id, sessionId);
      end(user.id, [sessionId], { sessionId });
      return c.json({});
    });
}
