/** Breaks the connections of clients, one after the other, each in some way. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../attack/random.ts";
import type { Link, StallingProxy } from "../../pubsub/stalling-proxy.ts";

const LONGEST_STALL = 2_500;
/** About as much as a replay of some messages has. */
const MOST_BYTES = 5_000;

const WAYS: Readonly<Record<string, (link: Link, random: Random) => void>> = {
  cut: (link) => link.cut(),
  reset: (link) => link.reset(),
  halfClose: (link) => link.halfClose(),
  cutAfter: (link, random) => link.cutAfter(random.int(MOST_BYTES)),
  stall: (link, random) => {
    link.stall();
    const isBack = random.chance(0.5);
    setTimeout(() => (isBack ? link.resume() : link.reset()), random.int(LONGEST_STALL));
  },
};

/** Until `signal` is aborted. Gives how many were broken. */
export async function breakLinks(
  proxy: StallingProxy,
  random: Random,
  pace: number,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  while (!signal.aborted) {
    await sleep(pace * 2 * random.next());
    const { links } = proxy;
    if (links.length === 0) continue;
    WAYS[random.pick(Object.keys(WAYS))]?.(random.pick(links), random);
    count++;
  }
  return count;
}
