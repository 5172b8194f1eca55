/**
 * A channel whose client takes part in recovery: from where it is served, whether all can be sent that it missed, and its way
 * from there to the present.
 *
 * While it catches up, the channel reads the log and takes no part in the delivery of broadcasts. It is live when it has
 * reached what was delivered here: then each broadcast goes to it directly, like to any other client.
 */
import { createHash } from "node:crypto";
import type { JoinRecovery, RecoveryReason } from "@wingbeat/protocol";
import { epochOf, isOnPath, tagOf } from "../pubsub/history/position.ts";
import type { Follower, GapReason, Head, Move, Position, Stored } from "../pubsub.ts";
import { emit } from "../telemetry.ts";
import type { Connection } from "../transports/connection.ts";
import type { Ask } from "./ask.ts";
import type { OutgoingBroadcast } from "./broadcast.ts";
import type { Grant } from "./result.ts";

/** What recovery needs of its channel. */
export interface RecoveringChannel {
  readonly topic: string;
  readonly ended: boolean;
  readonly connection: Connection;
  /** Whether more may wait for callbacks of the channel. */
  readonly hasRoom: boolean;
  /** Sends a recorded message, or gives it to `handleOut`. Returns false when there is no room for it. */
  feed(message: OutgoingBroadcast): boolean;
  /** Sends `phx_recovery` behind everything that was fed. */
  tellRecovery(payload: object, position: Position, isNewEpoch: boolean): void;
  /** It is live, or not any more. */
  liveChanged(): void;
  messageOf(entry: Stored): OutgoingBroadcast;
}

/** How much is read at once, and how many bytes may wait for the client before more is read. */
const CHUNK = 64;
const MOST_BUFFERED = 256 * 1024;
/** Milliseconds until the log is read again, when the store could not be reached. */
const RETRY = 1_000;
/** Milliseconds to wait for the store at a join. */
export const STORE_TIMEOUT = 5_000;

export class Recovery {
  /** What the client has asked for, until it is answered. */
  #ask: Ask | undefined;
  readonly #session: string;
  readonly #channel: RecoveringChannel;
  readonly #follower: Follower;
  #sender: string | undefined = undefined;
  /** The newest offset that the client was sent, or need not get; unless it is live. */
  #fed = 0;
  /** `joining`: not answered yet. `waiting`: the log is not open yet. `behind`: it is served from the log. */
  #state: "joining" | "waiting" | "behind" | "live" = "joining";
  /** Whether the client is told when it is live. */
  #isReplay = false;
  #isPumping = false;
  /** Something will call {@link Recovery.pump}. */
  #isAwaited = false;
  /** The store could not be asked at the join. */
  #isUnreachable = false;

  constructor(ask: Ask, channel: RecoveringChannel, follower: Follower) {
    this.#ask = ask;
    this.#session = ask.session;
    this.#channel = channel;
    this.#follower = follower;
    this.#fed = follower.cursor;
  }

  /** Names the client in the log: see `Stored.from`. */
  get sender(): string {
    this.#sender ??= createHash("sha256").update(this.#session).digest("base64url").slice(0, 16);
    return this.#sender;
  }

  get isLive(): boolean {
    return this.#state === "live";
  }

  /** The log is open, and `join` begins: what is stored from now on reaches the client. */
  begin(): void {
    this.#fed = this.#follower.cursor;
  }

  /** Makes sure that {@link answer} has what it needs. Undefined: it has. Never rejects, and takes 5 s at the most. */
  prepare(): Promise<unknown> | undefined {
    const prepared = this.#prepare();
    if (prepared === undefined) return undefined;
    return within(STORE_TIMEOUT, prepared).catch(() => (this.#isUnreachable = true));
  }

  #prepare(): Promise<unknown> | undefined {
    const { since, rewind } = this.#ask ?? {};
    const follower = this.#follower;
    if (!follower.isOpen || (since === undefined && rewind === undefined)) return undefined;
    const from = this.#wanted();
    if (since === undefined || since === "earliest" || since.mark === undefined) return follower.fill(from);
    // The client may know more of the log than this node.
    const head = follower.head as Head;
    const isAhead = !isOnPath(head, since.mark) || since.mark.offset > follower.cursor;
    const refreshing = isAhead ? follower.refresh() : undefined;
    return refreshing === undefined ? follower.fill(from) : refreshing.then(() => follower.fill(this.#wanted()));
  }

  /** The offset after which the client wants to be served. */
  #wanted(): number {
    const { since, rewind } = this.#ask ?? {};
    const { cursor } = this.#follower;
    if (since === "earliest") return 0;
    if (since !== undefined) return since.mark?.offset ?? cursor;
    return rewind === undefined ? cursor : Math.max(cursor - rewind, 0);
  }

  /** The answer to the join: where the client stands from now on. In one turn with the reply and {@link start}. */
  answer(grant: Grant | undefined): JoinRecovery {
    const answer = this.#answer(grant);
    this.#ask = undefined;
    return answer;
  }

  #answer(grant: Grant | undefined): JoinRecovery {
    const follower = this.#follower;
    const { since, rewind } = this.#ask ?? {};
    const isAsked = since !== undefined || rewind !== undefined;
    if (!follower.isOpen) {
      this.#state = "waiting";
      return { epoch: "", offset: 0, ...(isAsked ? { recovered: false, reason: "unavailable" } : {}) };
    }
    const head = follower.head as Head;
    const epoch = epochOf(head);
    this.#state = "behind";
    if (!isAsked) return { epoch, offset: this.#fed };
    const verdict = this.#verdict(head, grant);
    if (typeof verdict === "string") {
      this.#fed = follower.cursor;
      return { epoch, offset: this.#fed, recovered: false, reason: verdict };
    }
    this.#fed = verdict;
    const count = Math.max(follower.cursor - verdict, 0);
    this.#isReplay = count > 0;
    return { epoch, offset: verdict, recovered: true, count };
  }

  /** After which offset the client is served; or why not all can be sent. */
  #verdict(head: Head, grant: Grant | undefined): number | GapReason {
    const { since, rewind } = this.#ask ?? {};
    if (this.#isUnreachable) return "unavailable";
    return since === undefined ? this.#rewind(rewind as number, grant) : this.#judge(head, grant);
  }

  /** The last messages, as many as there are. */
  #rewind(count: number, grant: Grant | undefined): number {
    const { cursor, rule } = this.#follower;
    if (grant === "none") return cursor;
    const first = Math.max(cursor - Math.min(count, rule.replayLimit), this.#follower.oldest() - 1);
    return Math.max(first, this.#grantedAfter(grant, first));
  }

  #judge(head: Head, grant: Grant | undefined): number | GapReason {
    const { since } = this.#ask ?? {};
    const follower = this.#follower;
    const start = since === "earliest" ? { lineage: head.lineage, tag: tagOf(head), offset: 0 } : since?.mark;
    if (start === undefined || start.lineage !== head.lineage) return "epoch";
    const isOnlyStart = since === "earliest";
    if (!isOnlyStart && !isOnPath(head, start)) return "lost";
    // Another node was further: what this one delivers up to there is not for this client.
    if (start.offset > follower.cursor) return start.offset <= head.top ? start.offset : "lost";
    if (start.offset === follower.cursor) return start.offset;
    if (grant === "none" || this.#grantedAfter(grant, start.offset) > start.offset) return "denied";
    if (follower.oldest() > start.offset + 1) return "trimmed";
    if (follower.cursor - start.offset > follower.rule.replayLimit) return "limit";
    return start.offset;
  }

  /** From where on `join` lets the client see the log, from an offset on. */
  #grantedAfter(grant: Grant | undefined, offset: number): number {
    if (grant === undefined || grant === "none") return offset;
    const { after } = grant;
    if (!(after instanceof Date)) return Math.max(after.offset, offset);
    let last = offset;
    for (;;) {
      const entries = this.#follower.entriesAfter(last, CHUNK);
      for (const { at, offset: next } of entries) {
        if (at > after.getTime()) return last;
        last = next;
      }
      if (entries.length < CHUNK) return last;
    }
  }

  /** The client has its reply. */
  start(): void {
    if (this.#state === "behind") this.pump();
  }

  /** An entry was delivered here while the channel was not live. */
  arrived(): void {
    if (this.#state === "behind" && !this.#isPumping && !this.#isAwaited) this.pump();
  }

  /** A message could not be taken, because callbacks have too much to do: it comes from the log again, by {@link drained}. */
  fallBehind(offset: number): void {
    this.#fed = offset - 1;
    this.#state = "behind";
    this.#channel.liveChanged();
  }

  /** A message that was taken was dropped after all. What follows it is in the client's queue already: it is told. */
  lost(): void {
    this.#reportGap("limit");
  }

  /** A callback has handled what waited for it: there may be room. */
  drained(): void {
    if (this.#state === "behind" && !this.#isPumping && this.#channel.hasRoom) this.pump();
  }

  /** Sends what there is room for. */
  pump(): void {
    if (this.#isPumping || this.#state !== "behind" || this.#channel.ended) return;
    this.#isPumping = true;
    try {
      this.#serve();
    } finally {
      this.#isPumping = false;
    }
  }

  #serve(): void {
    const follower = this.#follower;
    while (this.#state === "behind" && !this.#channel.ended) {
      if (this.#fed > follower.cursor) return; // another node was further
      if (this.#fed === follower.cursor) return this.#goLive();
      if (!this.#isReading) return this.#await();
      if (!follower.covers(this.#fed)) return this.#fill();
      if (!this.#feedSome()) return;
    }
  }

  /** Returns false when it must wait, or the client was told that something is missing. */
  #feedSome(): boolean {
    const follower = this.#follower;
    const entries = follower.entriesAfter(this.#fed, CHUNK);
    if (entries[0]?.offset !== this.#fed + 1) {
      this.#reportGap("trimmed");
      return false;
    }
    for (const entry of entries) {
      if (!this.#isReading) {
        this.#await();
        return false;
      }
      if (!this.#feed(entry)) return false; // it goes on when callbacks have handled what waits: see drained
      if (this.#state !== "behind" || this.#channel.ended) return false;
    }
    return true;
  }

  #feed(entry: Stored): boolean {
    if (!this.#channel.hasRoom) return false;
    if (entry.from === "" || entry.from !== this.sender) {
      try {
        if (!this.#channel.feed(this.#channel.messageOf(entry))) return false;
      } catch (error) {
        emit("pubsub.delivery_failed", { topic: entry.topic, event: entry.event, subscribers: 1, error });
      }
    }
    this.#fed = entry.offset;
    return true;
  }

  /** Whether the client reads what it is sent. */
  get #isReading(): boolean {
    const { bufferedBytes, maxBufferedBytes = Infinity } = this.#channel.connection;
    return bufferedBytes <= Math.min(MOST_BUFFERED, maxBufferedBytes / 4);
  }

  /** Goes on when the client has taken what it was sent. */
  #await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#channel.connection.onWritable(() => this.#resume());
  }

  /** Reads what this node does not have any more. */
  #fill(): void {
    const filling = this.#follower.fill(this.#fed);
    if (filling === undefined) return;
    this.#isAwaited = true;
    filling.then(
      () => {
        this.#isAwaited = false;
        if (this.#state !== "behind" || this.#channel.ended) return;
        if (this.#follower.covers(this.#fed)) this.pump();
        else this.#reportGap("trimmed");
      },
      () => setTimeout(() => this.#resume(), RETRY).unref(),
    );
  }

  #resume(): void {
    this.#isAwaited = false;
    this.pump();
  }

  #goLive(): void {
    this.#state = "live";
    if (this.#isReplay) this.#channel.tellRecovery({ live: true }, this.#follower.position as Position, false);
    this.#isReplay = false;
    this.#channel.liveChanged();
  }

  /** The log of the topic is not what it was. Returns whether the client was told that something is missing. */
  moved(move: Move): boolean {
    const own = this.#state === "live" ? move.from : this.#fed;
    const isTrue = own <= move.holdsUpTo || (!move.isNewEpoch && own >= move.position.offset);
    if (this.#state === "joining") {
      if (!isTrue) this.#fed = move.position.offset;
      return false;
    }
    if (this.#state === "waiting" || move.reason === undefined) {
      this.#fed = move.position.offset;
      this.#state = "live";
      this.#channel.tellRecovery({}, move.position, true);
      this.#channel.liveChanged();
      return false;
    }
    if (!isTrue) {
      this.#report(move.reason, move.position, move.isNewEpoch);
      return true;
    }
    if (move.isNewEpoch) this.#channel.tellRecovery({}, { ...move.position, offset: own }, true);
    return false;
  }

  /** Tells the client that something is missing: it is live from here. */
  #report(reason: RecoveryReason, position: Position, isNewEpoch: boolean): void {
    this.#state = "live";
    this.#isReplay = false;
    this.#channel.tellRecovery({ recovered: false, reason }, position, isNewEpoch);
    this.#channel.liveChanged();
  }

  #reportGap(reason: RecoveryReason): void {
    emit("history.gap", { topic: this.#channel.topic, reason, clients: 1 });
    this.#report(reason, this.#follower.position as Position, false);
  }
}

/** Rejects after `ms` milliseconds. */
export async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from the history store within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
