/** What all routes share: who asks, and what a request must look like. */
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import type { SlackServer } from "../topics.ts";
import type { z } from "zod";
import { findSession } from "../accounts.ts";
import type { Login } from "../accounts.ts";
import { refused } from "../refused.ts";
import type { Services } from "../services.ts";

export const COOKIE = "roost_session";

/** What routes are made with. */
export interface HttpServices extends Services {
  readonly endpoint: SlackServer;
  /** The login screen offers the demo users. */
  readonly demo: boolean;
  /** How many proxies in front of the server say who asks. */
  readonly trustProxy: number;
}

export interface App {
  Bindings: HttpBindings;
  Variables: { login: Login };
}

/** Lets in who has a live session: `c.var.login`. */
export function authenticated({ db }: Services): MiddlewareHandler<App> {
  return async (c, next) => {
    const secret = getCookie(c, COOKIE);
    const login = secret === undefined ? undefined : await findSession(db, secret);
    if (login === undefined) throw refused("unauthorized", "You are not logged in.");
    c.set("login", login);
    await next();
  };
}

/** The body of a request, as JSON. Refuses ("invalid") with what is wrong in words for the user. */
export async function bodyOf<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => {
    throw refused("invalid", "The request is no JSON.");
  });
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw refused("invalid", [...new Set(parsed.error.issues.map(({ message }) => message))].join(" "));
}

/** A number of the path. Refuses ("not_found"): a path without one leads nowhere. */
export function idOf(c: Context, name = "id"): number {
  const text = c.req.param(name) ?? "";
  if (!/^[1-9]\d{0,8}$/.test(text)) throw refused("not_found", "There is nothing here.");
  return Number(text);
}
