/** Logging in and registering: whoever succeeds gets the cookie of a new session. */
import { Hono } from "hono";
import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { z } from "zod";
import { authenticate, createUser, openSession, SESSION_AGE } from "../accounts.ts";
import { carryOut } from "../announce.ts";
import { refused } from "../refused.ts";
import { joinDefaultRooms } from "../rooms.ts";
import { demoUsers } from "../seed.ts";
import { Line } from "../shapes.ts";
import { bodyOf, COOKIE } from "./app.ts";
import type { App, HttpServices } from "./app.ts";
import { Attempts } from "./attempts.ts";
import { clientOf, deviceOf } from "./client.ts";

const MINUTE = 60_000;
const Credentials = z.object({
  username: Line(100),
  password: z.string().max(1_000, "Username or password is wrong."),
});
const Registration = z.object({
  username: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9._-]{2,30}$/, "A username has 2 to 30 letters, digits, dots, underscores or hyphens.")
    // These mention many people at once.
    .refine((username) => username !== "all" && username !== "here", "This username is taken."),
  name: Line(60).min(1, "Say what your name is."),
  password: z
    .string()
    .min(8, "A password has at least 8 characters.")
    .max(200, "A password has at most 200 characters."),
});

export function loginRoutes(services: HttpServices): Hono<App> {
  const { db, demo, endpoint, trustProxy } = services;
  const ofUser = new Attempts({ limit: 10, window: MINUTE });
  /** For who tries one password with many names. */
  const ofAddress = new Attempts({ limit: 100, window: MINUTE });
  const registrations = new Attempts({ limit: 30, window: MINUTE });

  async function open(c: Context<App>, userId: number): Promise<void> {
    const { sessionId: _, secret } = await openSession(db, userId, deviceOf(c.req.header("user-agent")));
    setCookie(c, COOKIE, secret, {
      path: "/",
      httpOnly: true,
      sameSite: "Lax",
      secure: clientOf(c, trustProxy).isSecure,
      maxAge: SESSION_AGE / 1000,
    });
  }

  return new Hono<App>()
    .get("/login-screen", async (c) => c.json({ demoUsers: demo ? await demoUsers(db) : [] }))
    .post("/login", async (c) => {
      const { username, password } = await bodyOf(c, Credentials);
      const { address } = clientOf(c, trustProxy);
      const key = `${address} ${username.toLowerCase()}`;
      if (!ofUser.take(key) || !ofAddress.take(address)) throw tooMany();
      const user = await authenticate(db, username, password);
      if (user === undefined) throw refused("unauthorized", "Username or password is wrong.");
      ofUser.giveBack(key);
      ofAddress.giveBack(address);
      await open(c, user.id);
      return c.json({ user });
    })
    .post("/register", async (c) => {
      const registration = await bodyOf(c, Registration);
      if (!registrations.take(clientOf(c, trustProxy).address)) throw tooMany();
      const user = await createUser(db, registration);
      await carryOut(endpoint, () => joinDefaultRooms(db, user.id));
      await open(c, user.id);
      return c.json({ user }, 201);
    });
}

function tooMany(): ReturnType<typeof refused> {
  return refused("rate_limited", "Too many tries. Wait a minute, then try again.");
}
