/** Checks 4, 6, 27, 33 and 37: two processes with one Redis are one system of notifications. */
import type { Socket } from "phoenix";
import { describe, expect, it } from "vitest";
import { hasRedis, startExample, startRedis } from "../../site/test/processes.ts";
import type { Process } from "../../site/test/processes.ts";
import { connect, Seat } from "../../site/test/visitor.ts";
import type { Posted, State } from "../src/server.ts";

const [ADA, GRACE] = [21, 22] as const;

async function api(on: Process, name: string, token: string | undefined, body: object) {
  const response = await fetch(`http://127.0.0.1:${on.port}/notifications/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const logIn = async (on: Process, user_id: number) =>
  ((await api(on, "login", undefined, { user_id })).body as { token: string }).token;

const device = (on: Process, token: string): Socket =>
  connect(`ws://127.0.0.1:${on.port}/notifications/socket`, { token });

async function open(socket: Socket, params: object = {}) {
  const seat = new Seat(socket, `notifications:${GRACE}`, params);
  const { status, response } = await seat.join();
  expect(status).toBe("ok");
  return { seat, state: response as State };
}

describe.skipIf(!hasRedis())("notifications on two processes", () => {
  it("C18: check 37: a user's devices on both are told, count and read alike, and are logged out together", async () => {
    const redis = { REDIS_URL: await startRedis() };
    const [here, there] = [await startExample("notifications", redis), await startExample("notifications", redis)];
    const [ada, grace] = [await logIn(here, ADA), await logIn(there, GRACE)];
    const sockets = [device(here, grace), device(there, grace)] as const;
    const [{ seat: phone }, { seat: laptop }] = [await open(sockets[0]), await open(sockets[1])];

    const board = new Seat(device(there, ada), "board");
    await board.join();

    // 6: one comment, one notification on each device, both with the same count.
    const { id, told } = (await api(here, "comment", ada, { body: "@grace, twice @Grace" })).body as Posted;
    expect(told).toEqual([{ name: "Grace", outcome: "told" }]);
    const expected = { unread: 1, notification: { excerpt: "@grace, twice @Grace" } };
    const first = await phone.nextOf<{ notification: { id: number }; cursor: number }>("new_notification");
    expect(first).toMatchObject(expected);
    expect(await laptop.nextOf("new_notification")).toEqual(first);

    // 4: the comment itself, once.
    const comments = (await board.rest()).filter(([event]) => event === "comment");
    expect(comments).toEqual([["comment", expect.objectContaining({ id, body: "@grace, twice @Grace" })]]);

    // 33: read here, read there.
    await phone.push("read", { id: first.notification.id });
    expect(await laptop.nextOf("read")).toMatchObject({ ids: [first.notification.id], unread: 0 });

    // Written there while the phone was away: it catches up here.
    sockets[0].disconnect();
    await api(there, "comment", ada, { body: "again @grace" });
    await laptop.nextOf("new_notification");
    const { state } = await open(device(here, grace), { after: first.cursor });
    expect(state.items.map(({ excerpt, read }) => [excerpt, read])).toEqual([
      ["again @grace", false],
      ["@grace, twice @Grace", true],
    ]);
    await api(there, "remove", ada, { id });
    expect(await laptop.nextOf("retract")).toMatchObject({ ids: [first.notification.id], unread: 1 });

    // 27: logged out here, logged out there.
    const refused = new Promise((resolve) => sockets[1].onError(resolve));
    await api(here, "logout", grace, {});
    await refused;
    expect((await api(there, "comment", grace, { body: "x" })).status).toBe(401);
  });

  it("C15: presence of both processes tells who is offline", async () => {
    const redis = { REDIS_URL: await startRedis() };
    const [here, there] = [await startExample("notifications", redis), await startExample("notifications", redis)];
    const ada = await logIn(here, ADA);
    const mention = async () => ((await api(here, "comment", ada, { body: "@grace" })).body as Posted).told[0]?.outcome;
    expect(await mention()).toBe("offline");
    const socket = device(there, await logIn(there, GRACE));
    await open(socket);
    while ((await mention()) !== "told"); // presence travels for a moment
    socket.disconnect();
    while ((await mention()) !== "offline");
  });
});
