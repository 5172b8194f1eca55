/**
 * The order of what a channel's client is sent, where something has to wait: while `join` runs everything does, and
 * later on what comes behind a broadcast that `handleOut` has not handled. A channel has one only when it needs it.
 */
import { WingbeatError } from "../errors.ts";
import { emit } from "../telemetry.ts";
import { Frame } from "../transports/transport.ts";
import type { Connection } from "../transports/transport.ts";
import type { OutgoingBroadcast } from "./broadcast.ts";

/** Bytes of frames that may wait. Receivers of a broadcast share its frame, so that it is in memory once. */
export const SEND_QUEUE_LIMIT = 1_048_576;
/** What an entry counts beside its data. */
const ENTRY_SIZE = 64;

type Entry = Frame | OutgoingBroadcast;

export class SendQueue {
  readonly #topic: string;
  readonly #connection: Connection;
  #entries: Entry[] = [];
  #bytes = 0;
  /** While everything is held: how many entries may wait. */
  #heldLimit: number | undefined;
  /** Whether what the channel sends takes the place of the first entry, whose `handleOut` runs. */
  #inPlace = false;

  /** With a `heldLimit` everything waits until {@link release}, at most so many entries. */
  constructor(topic: string, connection: Connection, heldLimit: number | undefined) {
    this.#topic = topic;
    this.#connection = connection;
    this.#heldLimit = heldLimit;
  }

  /** Sends what the channel itself says: behind what waits, or in the place of the broadcast that it handles. */
  send(frame: Frame): void {
    if (this.#inPlace || this.#isFree) this.#connection.send(frame);
    else this.#add(frame);
  }

  /** Sends a broadcast of anybody else. */
  sendBroadcast(frame: Frame): void {
    if (this.#isFree) this.#connection.send(frame);
    else this.#add(frame);
  }

  /**
   * Lets everything wait that comes from now on, until a broadcast is {@link handled}. `isOwn`: the channel itself sent
   * it, so that what the channel sends next comes behind it.
   */
  intercept(broadcast: OutgoingBroadcast, isOwn: boolean): void {
    if (isOwn) this.#inPlace = false;
    this.#add(broadcast);
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
    this.#heldLimit = undefined;
    this.#flush();
  }

  /** The channel has ended: sends what can be sent. Broadcasts that were not handled are dropped. */
  finish(): void {
    this.#heldLimit = undefined;
    this.#inPlace = false;
    for (const entry of this.#take(this.#entries.length)) if (entry instanceof Frame) this.#send(entry);
  }

  /** Drops everything. */
  clear(): void {
    this.#take(this.#entries.length);
  }

  get #isFree(): boolean {
    return this.#entries.length === 0 && this.#heldLimit === undefined;
  }

  #add(entry: Entry): void {
    if (this.#heldLimit !== undefined && this.#entries.length >= this.#heldLimit) {
      throw overflow(this.#topic, `${this.#heldLimit} broadcasts`);
    }
    if (this.#bytes > SEND_QUEUE_LIMIT) throw overflow(this.#topic, `${SEND_QUEUE_LIMIT} bytes`);
    this.#bytes += sizeOf(entry);
    this.#entries.push(entry);
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
    for (const entry of taken) this.#bytes -= sizeOf(entry);
    return taken;
  }
}

const sizeOf = (entry: Entry): number => ENTRY_SIZE + (entry instanceof Frame ? entry.data.length : 0);

function overflow(topic: string, limit: string): WingbeatError {
  return new WingbeatError(
    "WB_MAILBOX_OVERFLOW",
    `more than ${limit} wait to be sent to a client of "${topic}", behind a callback that takes too long: await less ` +
      "in join and handleOut.",
  );
}
