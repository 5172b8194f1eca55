/** The engine is stopped and started again while people come, change, talk and go on all nodes. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import { PERIODS } from "./app.ts";
import type { Fleet } from "./fleet.ts";
import { allHear, Load } from "./load.ts";
import { agree, chat, enterAll, heardFrom, PATIENCE, usersOf } from "./scenes.ts";
import type { Annotate } from "./scenes.ts";
import type { Guest } from "./visit.ts";

/** Together more than the queue of a node takes. */
const FLOOD = { count: 200, size: 1_000 };
/** Of these, at least so many cannot wait. */
const DROPPED = 100;

export async function restart(fleet: Fleet, topic: string, annotate: Annotate): Promise<void> {
  const { guests } = await enterAll(topic, await fleet.visitAll());
  const [here, there] = await fleet.visit(0, 0);
  const leaver = await here!.enter(topic, "leaver");
  const load = new Load(topic, guests, await fleet.visitAll());
  await allHear(guests);

  await fleet.engine.stop();
  await allAre("down", guests);
  await leaver.leave();
  const comer = await there!.enter(topic, "comer");
  // The node has given these news to its queue by now: the flood pushes them out.
  await sleep(2 * PERIODS.deltaPeriod);
  const [speaker, ...others] = guests as [Guest, ...Guest[]];
  await speaker.say(FLOOD);
  await fleet.engine.start();
  const startedAt = performance.now();
  await allAre("up", guests);
  await allHear(guests);
  await load.stop();
  await agree([...guests, comer], usersOf([...guests, comer]));
  await annotate(`all agree ${Math.round(performance.now() - startedAt)} ms after the engine is back`);

  const said = await speaker.say({ count: 1, size: 1 });
  expect(heardFrom(speaker, speaker.user)).toHaveLength(said);
  expect((await speaker.visit.look(topic)).pubsub.lost).toBeGreaterThan(DROPPED);
  for (const guest of others) {
    await guest.until(() => heardFrom(guest, speaker.user).at(-1) === said);
    const heard = heardFrom(guest, speaker.user);
    // Nothing twice, and in order.
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    expect(said - heard.length).toBeGreaterThan(DROPPED);
    const { pubsub } = await guest.visit.look(topic);
    expect(pubsub.missed, guest.user).toBeGreaterThanOrEqual(said - heard.length);
    // Telemetry is told a moment later.
    await vi.waitFor(async () => {
      const now = await guest.visit.look(topic);
      expect(now.told).toEqual({ lost: now.pubsub.lost, missed: now.pubsub.missed });
    }, PATIENCE);
  }
  await chat(guests);
}

function allAre(state: "up" | "down", guests: readonly Guest[]): Promise<void> {
  return vi.waitFor(async () => {
    for (const { visit, topic } of guests) expect((await visit.look(topic)).pubsub.state).toBe(state);
  }, PATIENCE);
}
