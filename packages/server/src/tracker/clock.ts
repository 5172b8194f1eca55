/** Vector clocks: how much of each replica's history a node has seen. Pure. */

/** The highest clock, by replica ref, up to which everything of it is known. A missing replica counts as 0. */
export type Clocks = ReadonlyMap<string, number>;

/** The clocks of a replica, from its heartbeat. */
export interface ReplicaClocks {
  readonly replica: string;
  readonly clocks: Clocks;
}

/** Whether `a` knows everything that `b` knows: never with fewer replicas. */
export function dominates(a: Clocks, b: Clocks): boolean {
  if (a.size < b.size) return false;
  for (const [replica, clock] of b) {
    if ((a.get(replica) ?? 0) < clock) return false;
  }
  return true;
}

/** What all of them know together. */
export function upperBound(all: Iterable<Clocks>): Clocks {
  const bound = new Map<string, number>();
  for (const clocks of all) {
    for (const [replica, clock] of clocks) {
      if (clock >= (bound.get(replica) ?? 0)) bound.set(replica, clock);
    }
  }
  return bound;
}

/** The clocks of the replicas that `isKnown` accepts. */
export function filterReplicas(clocks: Clocks, isKnown: (replica: string) => boolean): Clocks {
  return new Map([...clocks].filter(([replica]) => isKnown(replica)));
}

/**
 * Adds clocks to a set that stays small: none of its members dominates another, and one dominated by all of them
 * together is not added. Asking the replicas of the set is enough to learn everything that is known.
 */
export function appendClock(set: readonly ReplicaClocks[], added: ReplicaClocks): readonly ReplicaClocks[] {
  const { clocks } = added;
  if (clocks.size === 0) return set;
  const bound = upperBound(set.map((member) => member.clocks));
  if (dominates(clocks, bound)) return [added];
  if (dominates(bound, clocks)) return set;
  return [...set.filter((member) => !dominates(clocks, member.clocks)), added];
}
