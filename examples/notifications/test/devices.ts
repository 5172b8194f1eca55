/** The devices of users, for tests: HTTP requests and seats on a server. */
import type { Socket } from "phoenix";
import { expect } from "vitest";
import { connect, Seat } from "../../site/test/visitor.ts";
import type { Notification, Posted, State } from "../src/server.ts";

export const [ADA, GRACE, LINUS, MARGARET] = [21, 22, 23, 123] as const;

/** The payload of `new_notification`. */
export interface New {
  readonly notification: Notification;
  readonly unread: number;
  readonly cursor: number;
}

/** What users can do on a server, whose port may change. */
export function devicesOn(port: () => number) {
  const mount = (): string => `ws://127.0.0.1:${port()}/notifications/socket`;

  async function api(name: string, token: string | undefined, body: object) {
    const response = await fetch(`http://127.0.0.1:${port()}/notifications/api/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  const logIn = async (user_id: number) => (await api("login", undefined, { user_id })).body["token"] as string;

  /** Comments, and gives what became of each mention: `{ Grace: "told" }`. */
  async function comment(userId: number, body: string): Promise<{ id: number; told: Record<string, string> }> {
    const posted = (await api("comment", await logIn(userId), { body })).body as unknown as Posted;
    return { id: posted.id, told: Object.fromEntries(posted.told.map(({ name, outcome }) => [name, outcome])) };
  }

  async function device(userId: number): Promise<Socket> {
    return connect(mount(), { token: await logIn(userId) });
  }

  /** Joins a user's own notifications on a new device. */
  async function open(userId: number, params: object = {}): Promise<Seat & { state: State }> {
    const seat = new Seat(await device(userId), `notifications:${userId}`, params);
    const { status, response } = await seat.join();
    expect(status).toBe("ok");
    return Object.assign(seat, { state: response as State });
  }

  return { mount, api, logIn, comment, device, open };
}

/** What has come but presence, which these clients do not look at. */
export const heard = async (seat: Seat) => (await seat.rest()).filter(([event]) => event !== "presence_diff");
