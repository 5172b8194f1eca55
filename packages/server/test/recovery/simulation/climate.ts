/** What a simulated run is like: how much goes wrong, and what. Chosen by its seed. */
import type { Random } from "../../attack/random.ts";

export interface Climate {
  /** Of the channel's history. */
  readonly size: number;
  readonly ttl: number;
  readonly replayLimit: number;
  /** Whether the store sends entries to all nodes; else PubSub carries them. */
  readonly fansOut: boolean;
  /** Whether the channel handles some events itself before they go out. */
  readonly isFiltered: boolean;
  /** Milliseconds that the restless part takes. */
  readonly duration: number;
  /** Milliseconds between two deeds. */
  readonly pace: number;
  /** Means, in milliseconds. */
  readonly storeDelay: number;
  readonly fanOutDelay: number;
  readonly clientDelay: number;
  /** Bytes per millisecond to a slow client; the others are fast. */
  readonly slowRate: number;
  /** Probabilities for each call or message. */
  readonly storeFails: number;
  readonly storeRefuses: number;
  readonly answerLost: number;
  readonly isLate: number;
  readonly entryLost: number;
  readonly entryDoubled: number;
  readonly entryReordered: number;
  /** How often each deed is done. */
  readonly deeds: Readonly<Record<Deed, number>>;
}

export const DEEDS = [
  "broadcast",
  "publish",
  "burst",
  "say",
  "typing",
  "cut",
  "reload",
  "rejoin",
  "slow",
  "ban",
  "killNode",
  "stallNode",
  "cutStore",
  "sync",
  "failover",
  "restart",
  "flush",
  "clear",
  "stallStore",
  "wait",
] as const;
export type Deed = (typeof DEEDS)[number];

const CALM: Readonly<Record<Deed, number>> = {
  broadcast: 20,
  publish: 6,
  burst: 3,
  say: 14,
  typing: 4,
  cut: 8,
  reload: 3,
  rejoin: 3,
  slow: 3,
  ban: 0.7,
  killNode: 0,
  stallNode: 0,
  cutStore: 0,
  sync: 0,
  failover: 0,
  restart: 0,
  flush: 0,
  clear: 0,
  stallStore: 0,
  wait: 4,
};

const ROUGH: Partial<Record<Deed, number>> = {
  killNode: 0.7,
  stallNode: 1,
  cutStore: 2,
  sync: 8,
  failover: 4,
  restart: 1,
  flush: 0.4,
  clear: 0.2,
  stallStore: 1,
};

/** One seed in six has no faults but those of clients: there nobody may be told of any. */
export function climateOf(random: Random): Climate {
  const isRough = random.chance(5 / 6);
  const rough = (most: number): number => (isRough && random.chance(0.6) ? random.between(0, most) : 0);
  const size = random.pick([3, 5, 10, 30, 100]);
  return {
    size,
    ttl: random.chance(0.15) ? 5_000 : 300_000,
    replayLimit: random.chance(0.2) ? Math.max(2, Math.floor(size / 2)) : size,
    fansOut: random.chance(0.75),
    isFiltered: random.chance(0.4),
    duration: random.between(3_000, 20_000),
    pace: random.pick([20, 60, 150]),
    storeDelay: random.pick([1, 10, 60, 300]),
    fanOutDelay: random.pick([1, 10, 100, 400]),
    clientDelay: random.pick([1, 20, 150]),
    slowRate: random.pick([0.2, 1, 5]),
    storeFails: rough(0.05),
    storeRefuses: rough(0.05),
    answerLost: rough(0.1),
    isLate: rough(0.05),
    entryLost: rough(0.3),
    entryDoubled: rough(0.2),
    entryReordered: rough(0.3),
    deeds: isRough ? { ...CALM, ...ROUGH } : CALM,
  };
}

export const isCalm = ({ deeds }: Climate): boolean => deeds.failover === 0;
