/** The second node is cut off from the engine, silently, while life goes on everywhere; then the network heals. */
import { expect } from "vitest";
import type { Fleet } from "./fleet.ts";
import { agree, chat, enterAll, usersOf } from "./scenes.ts";
import type { Annotate } from "./scenes.ts";

const since = (start: number): string => `${Math.round(performance.now() - start)} ms`;

export async function partition(fleet: Fleet, topic: string, annotate: Annotate): Promise<void> {
  const { guests: many } = await enterAll(topic, await fleet.visit(0, 2, 4), "many");
  const { guests: few } = await enterAll(topic, await fleet.visit(1, 1), "few");
  await agree([...many, ...few], usersOf([...many, ...few]));

  fleet.cut();
  const cutAt = performance.now();
  await agree(many, usersOf(many));
  await agree(few, usersOf(few));
  await annotate(`both sides have seen the other leave after ${since(cutAt)}`);
  const { nodes, pubsub } = await few[0]!.visit.look(topic);
  expect(nodes).toEqual([fleet.node(1).name]);
  expect(pubsub.state).toBe("down");

  // On both sides one goes, one comes, one changes.
  await many.pop()?.leave();
  await few.pop()?.leave();
  await few[0]!.update();
  const [there, here] = await fleet.visit(3, 1);
  many.push(await there!.enter(topic, "late"));
  few.push(await here!.enter(topic, "lone"));
  await agree(many, usersOf(many));
  await agree(few, usersOf(few));

  fleet.mend();
  const mendedAt = performance.now();
  const all = [...many, ...few];
  await agree(all, usersOf(all));
  await annotate(`all agree again after ${since(mendedAt)}`);
  await chat(all);
}
