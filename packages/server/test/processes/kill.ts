/** The last node is killed and started again under its name: after it was found dead, and before anybody has noticed. */
import { expect } from "vitest";
import { PERIODS } from "./app.ts";
import type { Fleet } from "./fleet.ts";
import { agree, enterAll, figures, ownRef, usersOf } from "./scenes.ts";
import type { Annotate } from "./scenes.ts";

export async function kill(fleet: Fleet, topic: string, annotate: Annotate): Promise<void> {
  const doomed = fleet.node(4);
  const { guests } = await enterAll(topic, await fleet.visit(0, 1, 2, 3));
  const { guests: lost } = await enterAll(topic, await fleet.visit(4, 4), "lost");
  const lostRefs = lost.map(ownRef).sort();
  // One of those who are on the node is on another, too, and stays there.
  const [elsewhere] = await fleet.visit(0);
  guests.push(await elsewhere!.enter(topic, "lost-0"));
  const staying = usersOf(guests);
  await agree([...guests, ...lost], [...staying, "lost-0", "lost-1"]);

  for (const guest of guests) guest.forget();
  await doomed.kill();
  const killedAt = performance.now();
  for (const { visit } of lost) visit.end();
  const told = await Promise.all(guests.map((guest) => guest.until(() => guest.leaves.length > 1)));
  const times = told.map((at) => at - killedAt);
  await annotate(`seen to be dead after ${figures(times)}; the down period is ${PERIODS.downPeriod} ms`);
  await agree(guests, staying);
  for (const guest of guests) {
    expect({ joins: guest.joins, leaves: guest.leaves.sort() }).toEqual({ joins: [], leaves: lostRefs });
    expect((await guest.visit.look(topic)).nodes).not.toContain(doomed.name);
  }

  await doomed.start();
  const back = await (await doomed.visit()).enter(topic, "back");
  await agree([...guests, back], [...staying, "back"]);

  const backRef = ownRef(back);
  for (const guest of guests) guest.forget();
  await doomed.kill();
  back.visit.end();
  await doomed.start();
  const again = await (await doomed.visit()).enter(topic, "back");
  await agree([...guests, again], [...staying, "back"]);
  const news = { joins: [ownRef(again)], leaves: [backRef] };
  for (const { joins, leaves } of guests) expect({ joins, leaves }).toEqual(news);
}
