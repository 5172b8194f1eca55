/** The primary's part of PubSub: forwards messages between workers; it knows no topics. */
import { Members } from "./members.ts";
import type { RelayedWorker } from "./members.ts";
import { isMembership, isRelayed } from "./message.ts";
import type { Membership, Relayed, RelayedParcel } from "./message.ts";
import { Outgoing } from "./outgoing.ts";

/** Maps nodes to workers, and routes messages. */
export class Relay {
  readonly #members = new Members();
  readonly #outgoing = new Outgoing();

  readonly onMessage = (worker: RelayedWorker, message: unknown): void => {
    if (isRelayed(message)) this.#relay(message);
    else if (isMembership(message)) this.#change(worker, message);
  };

  readonly onGone = (worker: RelayedWorker): void => this.#members.gone(worker);

  #change(worker: RelayedWorker, { wingbeat, namespace, node }: Membership): void {
    if (wingbeat === "pubsub.join") this.#members.join(worker, namespace, node);
    else this.#members.leave(worker, namespace, node);
  }

  #relay({ namespace, from, parcels, ...rest }: Relayed): void {
    const nodes = this.#members.of(namespace);
    if (nodes === undefined) return;
    const targets = new Map<RelayedWorker, Set<string>>();
    for (const [node, worker] of nodes) {
      const names = targets.get(worker);
      if (names === undefined) targets.set(worker, new Set([node]));
      else names.add(node);
    }
    for (const [worker, names] of targets) {
      const isOnlySender = names.size === 1 && names.has(from);
      const wanted = parcels.filter(({ node }) => (node === undefined ? !isOnlySender : names.has(node)));
      if (wanted.length === 0) continue;
      this.#outgoing.send(worker, { ...rest, namespace, from, parcels: wanted }, sizeOf(wanted));
    }
  }
}

function sizeOf(parcels: readonly RelayedParcel[]): number {
  return parcels.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
