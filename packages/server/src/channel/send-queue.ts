/**
 * The order of what a channel's client is sent, where something has to wait: while `join` runs everything does, and
 * later on what comes behind a broadcast that `handleOut` has not handled. A channel has one only when it needs it.
 */
import { WingbeatError } from "../errors.ts";
import { emit } from "../telemetry.ts";
import { Frame } from "../transports/connection.ts";
import type { Connection } from "../transports/connection.ts";
import type { OutgoingBroadcast } from "./broadcast.ts";

/** What an entry counts beside its data. */
const ENTRY_SIZE = 64;

type Entry = Frame | OutgoingBroadcast;

export class SendQueue {
  readonly #topic: string;
  readonly #connection: Connection;
  #entries: Entry[] = [];
  /** Bytes of frames that the channel itself has sent, and of what others have. */
  #ownBytes = 0;
  #bytes = 0;
  readonly #own = new Set<Frame>();
  readonly #maxBytes: number;
  /** While everything is held: how many entries may wait. */
  #maxHeld: number | undefined;
  /** Whether what the channel sends takes the place of the first entry, whose `handleOut` runs. */
  #inPlace = false;

  /**
   * `maxBytes` of what others send may wait, and as many of the channel itself. With a `maxHeld` everything waits until
   * {@link release}, at most so many entries.
   */
  constructor(topic: string, connection: Connection, maxBytes: number, maxHeld: number | undefined) {
    this.#maxBytes = maxBytes;
    this.#topic = topic;
    this.#connection = connection;
    this.#maxHeld = maxHeld;
  }

  /**
   * Sends what the channel itself says: behind what waits, or in the place of the broadcast that it handles. Throws
   * `WB_MAILBOX_OVERFLOW` when too much of it waits.
   */
  send(frame: Frame): void {
    if (this.#inPlace || this.#isFree) return this.#connection.send(frame);
    if (this.#ownBytes > this.#maxBytes) throw overflow(this.#topic, `${this.#maxBytes} bytes`);
    this.#ownBytes += sizeOf(frame);
    this.#own.add(frame);
    this.#entries.push(frame);
  }

  /** Sends a broadcast of anybody else; gives false when it must be dropped. Throws while a join is under way. */
  sendBroadcast(frame: Frame): boolean {
    if (!this.#isFree) return this.#add(frame);
    this.#connection.send(frame);
    return true;
  }

  /**
   * Lets everything wait that comes from now on, until a broadcast is {@link handled}. `isOwn`: the channel itself sent
   * it, so that what the channel sends next comes behind it. Gives false when it must be dropped.
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
    this.#entries.splice(at, 1);
    this.#bytes -= sizeOf(broadcast);
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
    for (const entry of this.#take(this.#entries.length)) if (entry instanceof Frame) this.#send(entry);
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
    this.#bytes += sizeOf(entry);
    this.#entries.push(entry);
    return true;
  }

  #flush(): void {
    const end = this.#entries.findIndex((entry) => !(entry instanceof Frame));
    for (const entry of this.#take(end === -1 ? this.#entries.length : end)) this.#send(entry as Frame);
  }

  /** What waited has no caller that could be told of an error. */
  #send(frame: Frame): void {
    try {
      this.#connection.send(frame);
    } catch (error) {
      emit("pubsub.delivery_failed", { topic: this.#topic, error });
    }
  }

  #take(count: number): readonly Entry[] {
    const taken = this.#entries.splice(0, count);
    for (const entry of taken) {
      if (entry instanceof Frame && this.#own.delete(entry)) this.#ownBytes -= sizeOf(entry);
      else this.#bytes -= sizeOf(entry);
    }
    return taken;
  }
}

const sizeOf = (entry: Entry): number => ENTRY_SIZE + (entry instanceof Frame ? entry.data.length : 0);

function overflow(topic: string, limit: string): WingbeatError {
  return new WingbeatError(
    "WB_MAILBOX_OVERFLOW",
    `more than ${limit} messages are queued for a client of "${topic}" behind a slow callback: await less ` +
      "in join and handleOut.",
  );
}
