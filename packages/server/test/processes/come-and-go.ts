/** Guests come to all nodes, one after the other, talk to each other, and one of them goes. */
import { expect, vi } from "vitest";
import { agree, chat, enterAll, ownRef, PATIENCE, report, usersOf } from "./scenes.ts";
import type { Annotate } from "./scenes.ts";
import type { Guest, Visit } from "./visit.ts";

/** One visit to each node. */
export async function comeAndGo(topic: string, visits: readonly Visit[], annotate: Annotate): Promise<void> {
  await vi.waitFor(async () => {
    for (const visit of visits) expect((await visit.look(topic)).nodes).toHaveLength(visits.length);
  }, PATIENCE);

  const { guests, delays } = await enterAll(topic, visits);
  await report("seen to come", delays, annotate);
  await agree(guests, usersOf(guests));
  await chat(guests);

  const gone = guests.pop() as Guest;
  const ref = ownRef(gone);
  await gone.leave();
  const leftAt = performance.now();
  const told = await Promise.all(guests.map((guest) => guest.until(() => guest.leaves.includes(ref))));
  const leaves = told.map((at) => at - leftAt);
  await report("seen to go", leaves, annotate);
  await agree(guests, usersOf(guests));
}
