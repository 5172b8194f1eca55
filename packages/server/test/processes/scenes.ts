/** What all tests of this folder do: guests come to several nodes, are seen there, and agree on who is there. */
import { expect, vi } from "vitest";
import type { Guest, Visit } from "./visit.ts";

/** Adds a line to a test's report. */
export type Annotate = (message: string) => Promise<unknown>;

/** How long nodes may take to agree after an outage, on a busy machine. */
export const PATIENCE = { timeout: 120_000, interval: 50 };

/** Reports how many milliseconds passed until others were told. A busy machine needs more, so no limit is tested. */
export const report = (what: string, delays: readonly number[], annotate: Annotate): Promise<unknown> =>
  annotate(`${what} after ${figures(delays)}`);

/** The last of `guests` has just come. Gives the milliseconds until each of the others was told. */
export async function seenBy(guests: readonly Guest[]): Promise<number[]> {
  const last = guests.at(-1) as Guest;
  const ref = ownRef(last);
  const others = guests.slice(0, -1);
  return Promise.all(others.map(async (other) => (await other.until(() => other.joins.includes(ref))) - last.joinedAt));
}

/** One guest for each visit: `user 0`, `user 1`, ... Each is seen by those before it. Gives the delays, too. */
export async function enterAll(topic: string, visits: readonly Visit[], name = "guest") {
  const guests: Guest[] = [];
  const delays: number[] = [];
  for (const [n, visit] of visits.entries()) {
    guests.push(await visit.enter(topic, `${name}-${n}`));
    delays.push(...(await seenBy(guests)));
  }
  return { guests, delays };
}

/** A guest's own presence. */
export function ownRef({ refs, user }: Guest): string {
  return refs.find((ref) => userOf(ref) === user) as string;
}

export const usersOf = (guests: readonly Guest[]): string[] => guests.map(({ user }) => user);

/**
 * Waits until everybody sees these users, once each, and nobody else: by the server's list on their node, by what the
 * official client makes of the diffs, and by the diffs at their word. Nothing that they were told was wrong.
 */
export async function agree(guests: readonly Guest[], users: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const insights = await Promise.all(guests.map(({ visit, topic }) => visit.look(topic)));
    const [first] = insights;
    expect(first?.refs.map(userOf)).toEqual([...users].sort());
    for (const [n, guest] of guests.entries()) {
      const view = { list: insights[n]?.refs, client: guest.refs, diffs: guest.followed };
      expect(view, guest.user).toEqual({ list: first?.refs, client: first?.refs, diffs: first?.refs });
    }
  }, PATIENCE);
  for (const guest of guests) expect(guest.faults, guest.user).toEqual([]);
}

const userOf = (ref: string): string => ref.split(" ")[0] as string;

/** Everybody says something some times; all hear each of it once, and in the order in which each has said it. */
export async function chat(guests: readonly Guest[]): Promise<void> {
  const COUNT = 20;
  const said = await Promise.all(guests.map((guest) => guest.say({ count: COUNT, size: 10 })));
  for (const guest of guests) {
    for (const [n, { user }] of guests.entries()) {
      const last = said[n] as number;
      await guest.until(() => heardFrom(guest, user).at(-1) === last);
      const news = heardFrom(guest, user).filter((number) => number > last - COUNT);
      expect(news).toEqual(Array.from({ length: COUNT }, (_, i) => last - COUNT + 1 + i));
    }
  }
}

/** What a guest has heard of somebody, by number. */
export function heardFrom(guest: Guest, user: string): number[] {
  return guest.heard.filter(({ from }) => from === user).map(({ n }) => n);
}

/** `207 ms (most), 104 ms (median) of 10` */
export function figures(delays: readonly number[]): string {
  const rounded = [Math.max(...delays), median(delays)].map(Math.round);
  return `${rounded[0]} ms (most), ${rounded[1]} ms (median) of ${delays.length}`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}
