/**
 * The order of what a channel's client is sent, where something has to wait: while `join` runs everything does, and
 * later on what comes behind a broadcast that `handleOut` has not handled. A channel has one only when it needs it.
 */
import { WingbeatError } from "../errors.ts";
import { emit } from "../telemetry.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { Droppable, frameOf } from "./droppable.ts";
import type { Outgoing } from "./droppable.ts";

/** What leaves the queue goes here. */
export interface Outflow {
  transmit(outgoing: Outgoing): void;
}

/** What an entry counts beside its data. */
const ENTRY_SIZE = 64;

type Entry = Outgoing | OutgoingBroadcast;

export class SendQueue {
  readonly #topic: string;
  readonly #outflow: Outflow;
  #entries: Entry[] = [];
  /** Bytes of frames that the channel itself has sent, and of what others have. */
  #ownBytes = 0;
  #bytes = 0;
  readonly #own = new Set<Entry>();
  /** Those that newer ones with the same slot replace. */
  #slots: Map<string | undefined, Droppable> | undefined = undefined;
  readonly #maxBytes: number;
  /** While everything is held: how many entries may wait. */
  #maxHeld: number | undefined;
  /** Whether what the channel sends takes the place of the first entry, whose `handleOut` runs. */
  #inPlace = false;

  /**
   * `maxBytes` of what others send may wait, and as many of the channel itself. With a `maxHeld` everything waits until
   * {@link release}, at most so many entries.
   */
  constructor(topic: string, outflow: Outflow, maxBytes: number, maxHeld: number | undefined) {
    this.#maxBytes = maxBytes;
    this.#topic = topic;
    this.#outflow = outflow;
    this.#maxHeld = maxHeld;
  }

  /**
   * Sends what the channel itself says: behind what waits, or in the place of the broadcast that it handles. Throws
   * `WB_MAILBOX_OVERFLOW` when too much of it waits.
   */
  send(outgoing: Outgoing): void {
    if (this.#inPlace || this.#isFree) return this.#outflow.transmit(outgoing);
    if (this.#isSettled(outgoing, true)) return;
    if (this.#ownBytes > this.#maxBytes) throw overflow(this.#topic, `${this.#maxBytes} bytes`);
    this.#push(outgoing, true);
  }

  /** How many entries wait. */
  get length(): number {
    return this.#entries.length;
  }

  /** Sends behind everything that waits, whatever the limits. For the few messages that must not be dropped. */
  append(outgoing: Outgoing): void {
    if (this.#isFree) this.#outflow.transmit(outgoing);
    else this.#push(outgoing, true);
  }

  /** Sends a broadcast of somebody else. Returns false when it must be dropped; throws instead while a join is under way. */
  sendBroadcast(outgoing: Outgoing): boolean {
    if (!this.#isFree) return this.#isSettled(outgoing, false) || this.#add(outgoing);
    this.#outflow.transmit(outgoing);
    return true;
  }

  /**
   * Lets everything wait that comes from now on, until a broadcast is {@link handled}. `isOwn`: the channel itself sent
   * it, so that what the channel sends next comes behind it. Returns false when it must be dropped.
   */
  intercept(broadcast: OutgoingBroadcast, isOwn: boolean): boolean {
    if (!this.#add(broadcast)) return false;
    if (isOwn) this.#inPlace = false;
    return true;
  }

  /** An intercepted broadcast will not be handled: what waited behind it goes on. */
  drop(broadcast: OutgoingBroadcast): void {
    // The latest are dropped, so that it is near the end.
    const at = this.#entries.lastIndexOf(broadcast);
    if (at === -1) return;
    this.#discard(at);
    if (at === 0) this.#flush();
  }

  /** `handleOut` begins. */
  handling(broadcast: OutgoingBroadcast): void {
    this.#inPlace = this.#entries[0] === broadcast;
  }

  /** `handleOut` is done: what waited behind the broadcast is sent. */
  handled(broadcast: OutgoingBroadcast): void {
    this.#inPlace = false;
    if (this.#entries[0] !== broadcast) return;
    this.#take(1);
    this.#flush();
  }

  /** The join is answered. */
  release(): void {
    this.#maxHeld = undefined;
    this.#flush();
  }

  /** The channel has ended: sends what can be sent. Broadcasts that were not handled are dropped. */
  finish(): void {
    this.#maxHeld = undefined;
    this.#inPlace = false;
    for (const entry of this.#take(this.#entries.length)) {
      if (!(entry instanceof OutgoingBroadcast)) this.#send(entry);
    }
  }

  /** Drops everything. */
  clear(): void {
    this.#take(this.#entries.length);
  }

  get #isFree(): boolean {
    return this.#entries.length === 0 && this.#maxHeld === undefined;
  }

  #add(entry: Entry): boolean {
    if (this.#maxHeld !== undefined && this.#entries.length >= this.#maxHeld) {
      throw overflow(this.#topic, `${this.#maxHeld} broadcasts`);
    }
    if (this.#bytes > this.#maxBytes) {
      if (this.#maxHeld === undefined) return false;
      throw overflow(this.#topic, `${this.#maxBytes} bytes`);
    }
    this.#push(entry, false);
    return true;
  }

  /**
   * Whether a message that may be dropped needs no more room. A volatile one is dropped during a join: the client is not
   * there yet. A conflated one goes to the end, and the one that waits with its slot is dropped.
   */
  #isSettled(outgoing: Outgoing, isOwn: boolean): boolean {
    if (!(outgoing instanceof Droppable)) return false;
    if (outgoing.isVolatile) return this.#maxHeld !== undefined;
    const replaced = this.#slots?.get(outgoing.slot);
    if (replaced === undefined) return false;
    this.#discard(this.#entries.lastIndexOf(replaced));
    this.#push(outgoing, isOwn);
    return true;
  }

  #push(entry: Entry, isOwn: boolean): void {
    this.#entries.push(entry);
    if (isOwn) {
      this.#own.add(entry);
      this.#ownBytes += sizeOf(entry);
    } else this.#bytes += sizeOf(entry);
    if (entry instanceof Droppable && entry.slot !== undefined) (this.#slots ??= new Map()).set(entry.slot, entry);
  }

  #flush(): void {
    const end = this.#entries.findIndex((entry) => entry instanceof OutgoingBroadcast);
    for (const entry of this.#take(end === -1 ? this.#entries.length : end)) this.#send(entry as Outgoing);
  }

  /** What waited has no caller that could be told of an error. */
  #send(outgoing: Outgoing): void {
    try {
      this.#outflow.transmit(outgoing);
    } catch (error) {
      emit("pubsub.delivery_failed", { topic: this.#topic, error });
    }
  }

  #take(count: number): readonly Entry[] {
    const taken = this.#entries.splice(0, count);
    for (const entry of taken) this.#forget(entry);
    return taken;
  }

  #discard(at: number): void {
    for (const entry of this.#entries.splice(at, 1)) this.#forget(entry);
  }

  #forget(entry: Entry): void {
    if (this.#own.delete(entry)) this.#ownBytes -= sizeOf(entry);
    else this.#bytes -= sizeOf(entry);
    if (entry instanceof Droppable && this.#slots?.get(entry.slot) === entry) this.#slots.delete(entry.slot);
  }
}

const sizeOf = (entry: Entry): number =>
  ENTRY_SIZE + (entry instanceof OutgoingBroadcast ? 0 : frameOf(entry).data.length);

function overflow(topic: string, limit: string): WingbeatError {
  return new WingbeatError(
    "WB_MAILBOX_OVERFLOW",
    `more than ${limit} messages are queued for a client of "${topic}" behind a slow callback: await less ` +
      "in join and handleOut.",
  );
}
