/** The known replicas, and whether they are alive, according to their heartbeats. Pure. */

/** A replica's ref, `<vsn>@<node name>`. A restarted node is a new replica, with a higher vsn. */
export function refOf(name: string, vsn: number): string {
  return `${vsn}@${name}`;
}

export function nameOf(ref: string): string {
  return ref.slice(ref.indexOf("@") + 1);
}

/** Microseconds: nodes whose clocks differ by more than a day do not see each other. */
const MAX_AHEAD = 24 * 3_600_000_000;

/** Whether a ref says that its replica was started long after `now`, in ms since 1970. */
export function isFromFuture(ref: string, now: number): boolean {
  return vsnOf(ref) > now * 1_000 + MAX_AHEAD;
}

const vsnOf = (ref: string): number => Number(ref.slice(0, ref.indexOf("@")));

/** `down`: silent for a while, may come back. `gone`: will never come back. */
export interface ReplicaChange {
  readonly ref: string;
  readonly is: "up" | "down" | "gone";
}

interface Replica {
  readonly ref: string;
  /** `left`: gone, but kept for a while so that late messages do not revive it. */
  status: "up" | "down" | "left";
  heardAt: number;
  /** When it was last sent a transfer. */
  servedAt: number;
}

export class Replicas {
  readonly #downPeriod: number;
  readonly #permdownPeriod: number;
  readonly #maxNodes: number;
  /** By node name: a node has one replica at a time. */
  readonly #replicas = new Map<string, Replica>();

  /** Both periods are in the unit of `now`. `maxNodes`: the maximum number of other nodes known at a time. */
  constructor(downPeriod: number, permdownPeriod: number, maxNodes = Infinity) {
    this.#downPeriod = downPeriod;
    this.#permdownPeriod = permdownPeriod;
    this.#maxNodes = maxNodes;
  }

  /** The node names of the replicas that are up. */
  get names(): string[] {
    return [...this.#replicas].filter(([, { status }]) => status === "up").map(([name]) => name);
  }

  /** The node names of those that are silent, but may come back. */
  get silent(): string[] {
    return [...this.#replicas].filter(([, { status }]) => status === "down").map(([name]) => name);
  }

  /** Whether there is no room for a new node. */
  isFullFor(ref: string): boolean {
    return this.#replicas.size >= this.#maxNodes && !this.#replicas.has(nameOf(ref));
  }

  /** Whether to send a replica a transfer: it is known, and has not been sent one within `period`. */
  mayServe(ref: string, now: number, period: number): boolean {
    const known = this.#replicas.get(nameOf(ref));
    if (known?.ref !== ref || now - known.servedAt < period) return false;
    known.servedAt = now;
    return true;
  }

  /** A heartbeat. Undefined when it is a late one of a replica that is gone. */
  heard(ref: string, now: number): ReplicaChange[] | undefined {
    const known = this.#replicas.get(nameOf(ref));
    if (known !== undefined && this.#isLate(known, ref)) return undefined;
    const servedAt = known?.ref === ref ? known.servedAt : -Infinity;
    this.#replicas.set(nameOf(ref), { ref, status: "up", heardAt: now, servedAt });
    if (known?.ref === ref) return known.status === "up" ? [] : [{ ref, is: "up" }];
    const up: ReplicaChange = { ref, is: "up" };
    if (known === undefined || known.status === "left") return [up];
    return [...endOf(known), up];
  }

  /** A node has announced that it stops. */
  left(ref: string, now: number): ReplicaChange[] {
    const known = this.#replicas.get(nameOf(ref));
    if (known?.ref !== ref || known.status === "left") return [];
    const changes = endOf(known);
    known.status = "left";
    known.heardAt = now;
    return changes;
  }

  /** Finds replicas that have been silent for too long. */
  check(now: number): ReplicaChange[] {
    const changes: ReplicaChange[] = [];
    for (const [name, replica] of this.#replicas) {
      const silence = now - replica.heardAt;
      if (replica.status === "left") {
        if (silence > this.#downPeriod) this.#replicas.delete(name);
      } else if (silence > this.#permdownPeriod) {
        changes.push(...endOf(replica));
        this.#replicas.delete(name);
      } else if (silence > this.#downPeriod && replica.status === "up") {
        replica.status = "down";
        changes.push({ ref: replica.ref, is: "down" });
      }
    }
    return changes;
  }

  /** This node was suspended for a while: the silence of others in that time does not count. */
  excuse(duration: number, now: number): void {
    for (const replica of this.#replicas.values()) replica.heardAt = Math.min(now, replica.heardAt + duration);
  }

  /** While a node is silent any vsn is accepted: its clock may have been set back before it was restarted. */
  #isLate(known: Replica, ref: string): boolean {
    if (known.status === "down") return false;
    return known.status === "left" ? vsnOf(ref) <= vsnOf(known.ref) : vsnOf(ref) < vsnOf(known.ref);
  }
}

function endOf({ ref, status }: Replica): ReplicaChange[] {
  const gone: ReplicaChange = { ref, is: "gone" };
  return status === "up" ? [{ ref, is: "down" }, gone] : [gone];
}
