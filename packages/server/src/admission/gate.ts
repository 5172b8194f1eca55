/** Connection limits, and whether new connections are accepted at all. All sockets of an endpoint share one gate. */
import { isIPv6 } from "node:net";
import type { Slot } from "../socket/process.ts";

/** Why there is no slot for a connection. */
export type NoSlot = "draining" | "maxConnections" | "maxConnectionsPerIp";

export class Gate implements Slot {
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

  /** Refuses all connections from now on. */
  close(): void {
    this.#isOpen = false;
  }

  /**
   * Reserves a slot for a client, to be released once; or returns the reason when there is none. Its address is read only
   * where addresses count.
   */
  reserve(client: { readonly address: string }): Slot | NoSlot {
    if (!this.#isOpen) return "draining";
    if (this.#count >= this.#maxConnections) return "maxConnections";
    if (this.#maxConnectionsPerIp === Number.POSITIVE_INFINITY) {
      this.#count++;
      return this;
    }
    const network = networkOf(client.address);
    const taken = this.#perIp.get(network) ?? 0;
    if (taken >= this.#maxConnectionsPerIp) return "maxConnectionsPerIp";
    this.#count++;
    this.#perIp.set(network, taken + 1);
    return new NetworkSlot(this, network);
  }

  /** Releases a slot. One shared object while addresses are not counted. */
  release(): void {
    this.#count--;
  }

  releaseNetwork(network: string): void {
    this.release();
    const left = (this.#perIp.get(network) ?? 1) - 1;
    if (left === 0) this.#perIp.delete(network);
    else this.#perIp.set(network, left);
  }
}

class NetworkSlot implements Slot {
  readonly #gate: Gate;
  readonly #network: string;

  constructor(gate: Gate, network: string) {
    this.#gate = gate;
    this.#network = network;
  }

  release(): void {
    this.#gate.releaseNetwork(this.#network);
  }
}

/**
 * What counts as one client address: an IPv4 address, or the /64 prefix of an IPv6 address, since one host usually has
 * the whole /64.
 */
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

/** The groups of part of an IPv6 address; a trailing IPv4 address counts as two groups. */
function groupsOf(part: string): string[] {
  return part === "" ? [] : part.split(":").flatMap((group) => (group.includes(".") ? ["0", "0"] : [group]));
}
