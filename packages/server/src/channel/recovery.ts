/**
 * A channel whose client takes part in recovery: from where it is served, whether all can be sent that it missed, and its way
 * from there to the present.
 *
 * While it catches up, the channel reads the log and takes no part in the delivery of broadcasts. It is live when it has
 * reached what was delivered here: then each broadcast goes to it directly, like to any other client.
 */
import { createHash } from "node:crypto";
import type { JoinRecovery, RecoveryReason } from "@wingbeat/protocol";
import { settle } from "../awaitable.ts";
import { epochOf, isOnPath, tagOf } from "../pubsub/history/position.ts";
import type { Follower, GapReason, Head, Mark, Move, Position, Stored } from "../pubsub.ts";
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
  /** The client is told to load its state again: of how many milliseconds it waits a random part. */
  spread(): number | undefined;
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
  /**
   * `joining`: not answered yet. `waiting`: the log is not open yet. `unjudged`: the store could not say whether the client's
   * position holds, and nothing is sent until it does. `behind`: it is served from the log.
   */
  #state: "joining" | "waiting" | "unjudged" | "behind" | "live" = "joining";
  /** Whether the client is told when it is live. */
  #isReplay = false;
  #isPumping = false;
  /** Something will call {@link Recovery.pump}. */
  #isAwaited = false;
  /** The store could not be asked at the join. */
  #isUnreachable = false;
  /** What `join` has granted, for a client that is not judged yet. */
  #grant: Grant | undefined = undefined;

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
    return within(STORE_TIMEOUT, this.#insist(prepared)).catch(() => (this.#isUnreachable = true));
  }

  /** One lost answer does not mean that the store is away. */
  async #insist(first: Promise<unknown>): Promise<void> {
    for (let preparing: Promise<unknown> | undefined = first; preparing !== undefined; preparing = this.#prepare()) {
      try {
        return void (await preparing);
      } catch {
        await new Promise((resolve) => void setTimeout(resolve, RETRY).unref());
      }
      if (this.#state !== "joining" || this.#channel.ended) return;
    }
  }

  #prepare(): Promise<unknown> | undefined {
    const { since, rewind } = this.#ask ?? {};
    const follower = this.#follower;
    if (!follower.isOpen || (since === undefined && rewind === undefined)) return undefined;
    const isAhead = this.#mark !== undefined && !this.#isKnown(this.#mark);
    const refreshing = isAhead ? follower.refresh() : undefined;
    if (refreshing === undefined) return follower.fill(this.#wanted());
    return refreshing.then(() => follower.fill(this.#wanted()));
  }

  /** The position that the client has asked for. */
  get #mark(): Mark | undefined {
    const since = this.#ask?.since;
    return typeof since === "object" ? since.mark : undefined;
  }

  /** Whether this node knows that the log has a position. If not, the client may know more of the log than this node. */
  #isKnown(mark: Mark): boolean {
    const { head, cursor } = this.#follower;
    return head !== undefined && isOnPath(head, mark) && mark.offset <= cursor;
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
    if (this.#state === "unjudged") this.#grant = grant;
    else this.#ask = undefined;
    return answer;
  }

  #answer(grant: Grant | undefined): JoinRecovery {
    const follower = this.#follower;
    const { since, rewind } = this.#ask ?? {};
    const isAsked = since !== undefined || rewind !== undefined;
    const { head } = follower;
    const isUnreachable = this.#isUnreachable || head === undefined;
    if (isUnreachable && typeof since === "object" && this.#mark !== undefined && !this.#isKnown(this.#mark)) {
      this.#state = "unjudged";
      return { ...since.position, recovered: false, reason: "unavailable" };
    }
    if (head === undefined) {
      this.#state = "waiting";
      return { epoch: "", offset: 0, ...(isAsked ? this.#notRecovered("unavailable") : {}) };
    }
    const epoch = epochOf(head);
    this.#state = "behind";
    if (!isAsked) return { epoch, offset: this.#fed };
    const verdict = isUnreachable ? "unavailable" : this.#verdict(head, grant);
    if (typeof verdict === "string") {
      this.#fed = follower.cursor;
      return { epoch, offset: this.#fed, ...this.#notRecovered(verdict) };
    }
    this.#fed = verdict;
    const count = Math.max(follower.cursor - verdict, 0);
    this.#isReplay = count > 0;
    return { epoch, offset: verdict, recovered: true, count };
  }

  #notRecovered(reason: RecoveryReason): Pick<JoinRecovery, "recovered" | "reason" | "spread"> {
    const spread = this.#channel.spread();
    return { recovered: false, reason, ...(spread === undefined ? {} : { spread }) };
  }

  /** After which offset the client is served; or why not all can be sent. */
  #verdict(head: Head, grant: Grant | undefined): number | GapReason {
    const { since, rewind } = this.#ask ?? {};
    return since === undefined ? this.#rewind(rewind as number, grant) : this.#judge(head, grant);
  }

  /** The store could not judge at the join: it is asked until it can. */
  #judgeLater(): void {
    const timer = setTimeout(() => {
      if (this.#state !== "unjudged" || this.#channel.ended) return;
      settle(
        Promise.resolve(this.#follower.isOpen ? this.#prepare() : Promise.reject(new Error("not open yet"))),
        () => this.#judgeNow(),
        () => this.#judgeLater(),
      );
    }, RETRY);
    timer.unref();
  }

  #judgeNow(): void {
    if (this.#state !== "unjudged" || this.#channel.ended) return;
    const follower = this.#follower;
    const verdict = this.#verdict(follower.head as Head, this.#grant);
    this.#ask = undefined;
    if (typeof verdict === "string") return this.#reportGap(verdict, true);
    this.#fed = verdict;
    this.#state = "behind";
    this.#channel.tellRecovery({}, { epoch: epochOf(follower.head as Head), offset: verdict }, true);
    this.pump();
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
    if (follower.isTrimmed(start.offset)) return "trimmed";
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
    else if (this.#state === "unjudged") this.#judgeLater();
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
    this.#reportGap("limit", false);
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
      if (follower.isTrimmed(this.#fed)) return this.#reportGap("trimmed", false);
      if (!this.#isReading) return this.#await();
      if (!follower.covers(this.#fed)) return this.#fill();
      if (!this.#feedSome()) return;
    }
  }

  /** Returns false when it must wait, or the client was told that something is missing. */
  #feedSome(): boolean {
    const entries = this.#follower.entriesAfter(this.#fed, CHUNK);
    // The oldest may have expired since it was asked for.
    if (entries[0]?.offset !== this.#fed + 1) {
      this.#reportGap("trimmed", false);
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

  /** Reads what this node does not have any more. What cannot be read now, or is outdated already, is tried again. */
  #fill(): void {
    const later = (): void => void setTimeout(() => this.#resume(), RETRY).unref();
    this.#isAwaited = true;
    settle(
      Promise.resolve(this.#follower.fill(this.#fed)),
      () => {
        if (this.#follower.covers(this.#fed) || this.#follower.isTrimmed(this.#fed)) this.#resume();
        else later();
      },
      later,
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
    switch (this.#state) {
      case "joining":
        if (!isTrue) this.#fed = move.position.offset;
        return false;
      case "unjudged":
        return false;
      case "waiting":
        // The log is open: nobody knows what was stored since the client has joined.
        this.#report("unavailable", move.position, true);
        return true;
      default:
    }
    if (!isTrue) {
      this.#report(move.reason ?? "unavailable", move.position, move.isNewEpoch);
      return true;
    }
    if (move.isNewEpoch) this.#channel.tellRecovery({}, { ...move.position, offset: own }, true);
    return false;
  }

  /** Tells the client that something is missing: it is live from here. */
  #report(reason: RecoveryReason, position: Position, isNewEpoch: boolean): void {
    this.#state = "live";
    this.#isReplay = false;
    this.#channel.tellRecovery(this.#notRecovered(reason), position, isNewEpoch);
    this.#channel.liveChanged();
  }

  #reportGap(reason: RecoveryReason, isNewEpoch: boolean): void {
    emit("history.gap", { topic: this.#channel.topic, reason, clients: 1 });
    this.#report(reason, this.#follower.position as Position, isNewEpoch);
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
