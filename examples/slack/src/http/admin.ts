/** What admins may do. */
import { Hono } from "hono";
import { z } from "zod";
import { bans, setBan } from "../accounts.ts";
import { userTopic } from "../topics.ts";
import { setAnnouncement } from "../announcements.ts";
import type { Announcement } from "../contract.ts";
import {
  allRoles,
  ensureCan,
  GLOBAL_ROLES,
  peopleWithRoles,
  PERMISSIONS,
  ROLES,
  setGlobalRole,
  setRolePermission,
} from "../permissions.ts";
import { refused } from "../refused.ts";
import { Id, Line } from "../shapes.ts";
import { bodyOf, idOf } from "./app.ts";
import type { App, HttpServices } from "./app.ts";

const Words = z.object({ text: Line(500).min(1, "Write something first.").nullable() });
const Grant = z.object({ permission: z.enum(PERMISSIONS, "There is no such permission."), allowed: z.boolean() });
const Made = z.object({ role: z.enum(GLOBAL_ROLES, "There is no such role.") });
const Ban = z.object({
  userId: Id,
  reason: Line(200).min(1, "Say why.").nullable(),
});

export function adminRoutes(services: HttpServices): Hono<App> {
  const { db, endpoint } = services;

  return new Hono<App>()
    .post("/announcement", async (c) => {
      const { id } = c.var.login.user;
      const { text } = await bodyOf(c, Words);
      await ensureCan(db, id, "announce");
      const announcement: Announcement | null = await setAnnouncement(db, id, text);
      endpoint.broadcast("user:public", "announcement", announcement ?? { id: null });
      return c.json(announcement);
    })
    .get("/roles", async (c) => {
      await ensureCan(db, c.var.login.user.id, "manage-roles");
      return c.json({ roles: await allRoles(db) });
    })
    .put("/roles/:role", async (c) => {
      await ensureCan(db, c.var.login.user.id, "manage-roles");
      const role = ROLES.find((known) => known === c.req.param("role"));
      if (role === undefined) throw refused("not_found", "There is no such role.");
      const { permission, allowed } = await bodyOf(c, Grant);
      await setRolePermission(db, role, permission, allowed);
      // Rooms on the screen hear it, too: see `channels/room/own.ts`.
      endpoint.broadcast("user:role", "permissionsChanged", { lookup: role });
      return c.json({});
    })
    .get("/people/roles", async (c) => {
      await ensureCan(db, c.var.login.user.id, "manage-roles");
      return c.json({ people: await peopleWithRoles(db) });
    })
    .put("/people/:id/role", async (c) => {
      await ensureCan(db, c.var.login.user.id, "manage-roles");
      const userId = idOf(c);
      const { role } = await bodyOf(c, Made);
      await setGlobalRole(db, userId, role);
      endpoint.broadcast(userTopic(userId), "reauthenticate", {});
      return c.json({});
    })
    .get("/bans", async (c) => {
      await ensureCan(db, c.var.login.user.id, "ban-user");
      return c.json({ bans: await bans(db) });
    })
    .post("/ban", async (c) => {
      await ensureCan(db, c.var.login.user.id, "ban-user");
      const { userId, reason } = await bodyOf(c, Ban);
      await setBan(db, userId, reason);
      endpoint.broadcast(userTopic(userId), "reauthenticate", {});
      return c.json({});
    });
}
