/** All simulated users, and what they do together. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Db } from "../../src/database.ts";
import { members, rooms, sessions, userRoles, users } from "../../src/database/schema.ts";
import { signPass } from "../../src/socket.ts";
import type { LoadedServer } from "./server.ts";
import { any } from "./any.ts";
import { Guest } from "./guest.ts";
import type { Report } from "./guest.ts";

export interface Figures extends Report {
  /** From the send to each delivery, in ms. */
  readonly latencies: number[];
}

/** Users who connect at the same time. */
const AT_ONCE = 25;

export class Crowd {
  readonly guests: readonly Guest[];
  readonly #figures: Figures;

  private constructor(guests: readonly Guest[], figures: Figures) {
    this.guests = guests;
    this.#figures = figures;
  }

  /** Makes users and rooms in the database, each user in a quarter of the rooms, and connects everybody. */
  static async enter(
    server: LoadedServer,
    { users: count, rooms: roomCount }: { users: number; rooms: number },
  ): Promise<Crowd> {
    const made = await furnish(server.database.db, count, roomCount);
    const figures: Figures = { sent: 0, stored: 0, delivered: 0, stumbles: 0, cut: 0, errors: [], latencies: [] };
    const guests = made.map(({ id, username, sessionId, roomIds }) => {
      const token = () => signPass(server.secret, { userId: id, sessionId });
      return new Guest({ url: server.url, id, username, roomIds, token, report: figures });
    });
    for (let n = 0; n < guests.length; n += AT_ONCE) {
      await Promise.all(guests.slice(n, n + AT_ONCE).map((guest) => guest.enter()));
    }
    return new Crowd(guests, figures);
  }

  /** Everybody talks, reads and walks about for a while. Seven of ten things that happen are messages. */
  async live({
    milliseconds,
    messagesPerSecond,
  }: {
    readonly milliseconds: number;
    readonly messagesPerSecond: number;
  }): Promise<void> {
    const end = performance.now() + milliseconds;
    let next = performance.now();
    while (performance.now() < end) {
      next += 700 / messagesPerSecond;
      const guest = any(this.guests);
      const dice = Math.random();
      if (dice < 0.7) guest.say(any(this.guests).username);
      else if (dice < 0.85) guest.walk();
      else if (dice < 0.98) guest.look(Math.random() < 0.5);
      else guest.stumble();
      await delay(Math.max(0, next - performance.now()));
    }
  }

  /** Until nothing is under way: everybody is connected, and no message or mark has come for three seconds. */
  async rest(): Promise<void> {
    let before = -1;
    for (let calm = 0; calm < 3;) {
      await delay(1_000);
      const seen = this.guests.reduce((sum, { heard }) => sum + heard, 0);
      const connected = this.guests.every(({ isThere }) => isThere);
      calm = connected && seen === before ? calm + 1 : 0;
      before = seen;
    }
  }

  figures(): Figures {
    return this.#figures;
  }

  leave(): void {
    for (const guest of this.guests) guest.leave();
  }
}

interface Furnished {
  readonly id: number;
  readonly username: string;
  readonly sessionId: string;
  readonly roomIds: readonly number[];
}

async function furnish(db: Db, userCount: number, roomCount: number): Promise<Furnished[]> {
  const run = randomUUID().slice(0, 8);
  const madeRooms = await db
    .insert(rooms)
    .values(Array.from({ length: roomCount }, (_, n) => ({ kind: "public" as const, name: `load-${run}-${n}` })))
    .returning({ id: rooms.id });
  const madeUsers = await db
    .insert(users)
    .values(
      Array.from({ length: userCount }, (_, n) => ({
        username: `guest-${run}-${n}`,
        name: `Guest ${n}`,
        passwordHash: "nobody logs in with this",
        hue: n % 360,
        preferences: { theme: "system" as const, desktopNotifications: false },
      })),
    )
    .returning({ id: users.id, username: users.username });
  const quarter = Math.max(1, Math.floor(roomCount / 4));
  const furnished = madeUsers.map(({ id, username }, n) => ({
    id,
    username,
    sessionId: randomUUID(),
    roomIds: Array.from({ length: quarter }, (_, m) => (madeRooms[(n + m * 3) % roomCount] as { id: number }).id),
  }));
  await db.insert(userRoles).values(furnished.map(({ id }) => ({ userId: id, role: "user" as const })));
  await db.insert(sessions).values(
    furnished.map(({ id, sessionId }) => ({
      id: sessionId,
      userId: id,
      secretHash: sessionId,
      device: "load test",
      expiresAt: new Date(Date.now() + 86_400_000),
    })),
  );
  await db
    .insert(members)
    .values(furnished.flatMap(({ id, roomIds }) => [...new Set(roomIds)].map((roomId) => ({ roomId, userId: id }))));
  return furnished.map((entry) => ({ ...entry, roomIds: [...new Set(entry.roomIds)] }));
}
