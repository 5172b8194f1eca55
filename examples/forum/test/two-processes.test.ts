/** Check 37: two processes of the forum with one Redis are one forum. */
import type { Socket } from "phoenix";
import { describe, expect, it } from "vitest";
import { hasRedis, startExample, startRedis } from "../../site/test/processes.ts";
import type { Process } from "../../site/test/processes.ts";
import { connect, Seat } from "../../site/test/visitor.ts";
import type { Login } from "../src/server.ts";

const [ADA, LINUS] = [1, 3] as const;

async function api(on: Process, method: "GET" | "POST", name: string, token?: string, body?: object) {
  const response = await fetch(`http://127.0.0.1:${on.port}/forum/api/${name}`, {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as object };
}

const logIn = async (on: Process, user_id: number) =>
  (await api(on, "POST", "login", undefined, { user_id })).body as Login;

const device = (on: Process, token?: string): Socket =>
  connect(`ws://127.0.0.1:${on.port}/forum/socket`, token === undefined ? {} : { token });

async function join(socket: Socket, topic: string): Promise<Seat> {
  const seat = new Seat(socket, topic);
  expect((await seat.join()).status).toBe("ok");
  return seat;
}

/** Waits for the diff after which a member is online or not. */
async function untilOnline(seat: Seat, user_id: number, online: boolean): Promise<void> {
  for (;;) {
    const { response } = await seat.push("is_online", { user_id });
    if ((response as { online: boolean }).online === online) return;
    await seat.nextOf("presence_diff");
  }
}

describe.skipIf(!hasRedis())("the forum on two processes", () => {
  it("check 37: sessions, broadcasts, presence and logouts are the same on both", async () => {
    const redis = { REDIS_URL: await startRedis() };
    const [here, there] = [await startExample("forum", redis), await startExample("forum", redis)];
    const [ada, linus] = [await logIn(here, ADA), await logIn(there, LINUS)];
    const guest = await join(device(there), "user:public");

    // 21: presence, with a tab on each process.
    await untilOnline(guest, LINUS, false);
    const [tabHere, tabThere] = [device(here, linus.token), device(there, linus.token)];
    const own = await join(tabHere, `user:${LINUS}`);
    await join(tabHere, "user:public");
    await untilOnline(guest, LINUS, true);
    await join(tabThere, "user:public");
    tabHere.disconnect();
    await untilOnline(guest, LINUS, true);

    // 31: announcements cross, and are there to fetch.
    await api(here, "POST", "announcement", ada.token, { motd: "from here" });
    expect(await guest.nextOf("announcement")).toEqual({ motd: "from here" });
    expect((await api(there, "GET", "announcement")).body).toEqual({ motd: "from here" });

    // 6: what is for one member reaches that member, wherever they are.
    tabHere.connect();
    const back = new Promise((resolve) => own.channel.push("nothing:takes:this", {}).receive("error", resolve));
    await back;
    await api(there, "POST", "message", (await logIn(there, ADA)).token, { user_id: LINUS });
    expect(await own.nextOf("newMessage")).toEqual({});
    expect((await api(here, "GET", "counts", linus.token)).body).toEqual({ message: 1, mention: 0 });

    // 27: a logout there ends the session here.
    await api(there, "POST", "logout", linus.token);
    expect(await own.nextOf("logout")).toEqual({ token: linus.sessionId });
    expect((await api(here, "GET", "me", linus.token)).status).toBe(401);
    await untilOnline(guest, LINUS, false);
  });

  it("says so and ends when Redis cannot be reached", async () => {
    await expect(startExample("forum", { REDIS_URL: "redis://127.0.0.1:1" })).rejects.toThrow(
      "Redis cannot be reached at REDIS_URL: connect ECONNREFUSED 127.0.0.1:1",
    );
  });
});
