/** The second node dies while what it has sent is held up on its way. It arrives when the node has long been started again. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import { PERIODS } from "./app.ts";
import type { Fleet } from "./fleet.ts";
import { agree, chat, enterAll, PATIENCE, usersOf } from "./scenes.ts";

export async function afterlife(fleet: Fleet, topic: string): Promise<void> {
  const { guests } = await enterAll(topic, await fleet.visit(0, 2, 3));
  const staying = usersOf(guests);
  const [before, during] = await fleet.visit(1, 1);
  await before!.enter(topic, "before");
  await agree(guests, [...staying, "before"]);

  fleet.cut();
  await during!.enter(topic, "during");
  // The node has told the others by now, as far as it knows.
  await sleep(2 * PERIODS.deltaPeriod);
  await fleet.node(1).kill();
  before!.end();
  during!.end();
  await fleet.startAfresh(1);
  const [visit] = await fleet.visit(1);
  guests.push(await visit!.enter(topic, "after"));
  await agree(guests, usersOf(guests));

  for (const guest of guests) guest.forget();
  fleet.mend();
  await vi.waitFor(() => expect(fleet.heldUp).toBe(0), PATIENCE);
  await chat(guests);
  await agree(guests, usersOf(guests));
  for (const { joins, leaves } of guests) expect({ joins, leaves }).toEqual({ joins: [], leaves: [] });
}
