/** Life in a room: guests talk, and others come, change and go, over and over, until told to stop. */
import { setTimeout as sleep } from "node:timers/promises";
import { heardFrom } from "./scenes.ts";
import type { Guest, Visit } from "./visit.ts";

/** Milliseconds between two things that one does. */
const PACE = 20;

export class Load {
  readonly #topic: string;
  readonly #running: readonly Promise<void>[];
  #isOver = false;

  constructor(topic: string, talkers: readonly Guest[], roamers: readonly Visit[]) {
    this.#topic = topic;
    this.#running = [
      ...talkers.map((guest) => this.#talk(guest)),
      ...roamers.map((visit, n) => this.#roam(visit, `roamer-${n}`)),
    ];
  }

  /** Resolves when nobody does anything any more: the roamers have left. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #talk(guest: Guest): Promise<void> {
    while (!this.#isOver) {
      await guest.say({ count: 1, size: 100 });
      await sleep(PACE);
    }
  }

  async #roam(visit: Visit, user: string): Promise<void> {
    while (!this.#isOver) {
      const guest = await visit.enter(this.#topic, user);
      await guest.update();
      await sleep(PACE);
      await guest.leave();
    }
  }
}

/** Each says something, and all have heard it, or what the same one has said after it. */
export async function allHear(guests: readonly Guest[]): Promise<void> {
  for (const speaker of guests) {
    const said = await speaker.say({ count: 1, size: 1 });
    for (const guest of guests) await guest.until(() => (heardFrom(guest, speaker.user).at(-1) ?? 0) >= said);
  }
}
