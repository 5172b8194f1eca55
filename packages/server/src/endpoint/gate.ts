/** How many may be connected, and whether anybody may come in now. One gate for all sockets of an endpoint. */
import { isIPv6 } from "node:net";
import type { Place } from "../socket/session.ts";

/** Why nobody is let in, or why this one is not. */
export type Closure = "draining" | "maxConnections" | "maxConnectionsPerIp";

export class Gate implements Place {
  readonly #maxConnections: number;
  readonly #maxConnectionsPerIp: number;
  readonly #perIp = new Map<string, number>();
  #count = 0;
  #isOpen = true;

  constructor(maxConnections = Number.POSITIVE_INFINITY, maxConnectionsPerIp = Number.POSITIVE_INFINITY) {
    this.#maxConnections = maxConnections;
    this.#maxConnectionsPerIp = maxConnectionsPerIp;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Lets nobody in from now on. */
  close(): void {
    this.#isOpen = false;
  }

  /** Takes a place for a client, to be left once; or says why there is none. */
  enter(address: string): Place | Closure {
    if (!this.#isOpen) return "draining";
    if (this.#count >= this.#maxConnections) return "maxConnections";
    if (this.#maxConnectionsPerIp === Number.POSITIVE_INFINITY) {
      this.#count++;
      return this;
    }
    const network = networkOf(address);
    const taken = this.#perIp.get(network) ?? 0;
    if (taken >= this.#maxConnectionsPerIp) return "maxConnectionsPerIp";
    this.#count++;
    this.#perIp.set(network, taken + 1);
    return new PlaceOfNetwork(this, network);
  }

  /** Gives a place back: the same for all clients while addresses are not counted. */
  leave(): void {
    this.#count--;
  }

  leaveNetwork(network: string): void {
    this.leave();
    const left = (this.#perIp.get(network) ?? 1) - 1;
    if (left === 0) this.#perIp.delete(network);
    else this.#perIp.set(network, left);
  }
}

class PlaceOfNetwork implements Place {
  readonly #gate: Gate;
  readonly #network: string;

  constructor(gate: Gate, network: string) {
    this.#gate = gate;
    this.#network = network;
  }

  leave(): void {
    this.#gate.leaveNetwork(this.#network);
  }
}

/** What is counted as one: an IPv4 address, or the first 64 bits of an IPv6 address, because one host has all the rest. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

/** The groups of a part of an IPv6 address; an IPv4 address at its end stands for two. */
function groupsOf(part: string): string[] {
  return part === "" ? [] : part.split(":").flatMap((group) => (group.includes(".") ? ["0", "0"] : [group]));
}
