/** What a program could do without a socket: send a message, ask for counts. */
import { Hono } from "hono";
import { z } from "zod";
import { perform } from "../announce.ts";
import { Body } from "../shapes.ts";
import { countsOf } from "../counts.ts";
import { sendMessage } from "../messages.ts";
import { onlineIds } from "../presence.ts";
import { refused } from "../refused.ts";
import { bodyOf, idOf } from "./app.ts";
import type { App, HttpServices } from "./app.ts";

const Draft = z.object({
  clientId: z
    .string()
    .regex(/^[\w-]{1,64}$/, "clientId: up to 64 letters, digits, hyphens and underscores, new for each message."),
  body: Body.min(1, "A message is not empty."),
});

export function messageRoutes({ db, endpoint }: HttpServices): Hono<App> {
  return new Hono<App>()
    .post("/rooms/:id/messages", async (c) => {
      const draft = await bodyOf(c, Draft);
      const roomId = idOf(c);
      const from = { roomId, userId: c.var.login.user.id, onlineIds: () => onlineIds(endpoint) };
      // The same as over the channel: stored, then told to everybody.
      const { message, notice } = await perform(db, endpoint, roomId, () => sendMessage(db, from, draft));
      return c.json({ message, notice }, 201);
    })
    .get("/notifications/counts", async (c) => {
      const max = Number(c.req.query("max") ?? 99);
      if (!Number.isInteger(max) || max < 0) throw refused("invalid", "max must be a whole number.");
      return c.json(await countsOf(db, c.var.login.user.id, max));
    });
}
