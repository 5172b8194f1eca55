/**
 * What a channel knows of the history of its topic (PROTOCOL.md, section 16): up to where it has everything, and what
 * became of the messages that it has missed.
 */
import { RECOVERY } from "@wingbeat/protocol";
import { isOffset, isUpTo, positionOf } from "./recovery/position.ts";
import type { Position } from "./recovery/position.ts";
import type { SocketMessage } from "./serializer.ts";

export type { Position } from "./recovery/position.ts";

/** What became of the messages that a channel has missed: the argument of `channel.onRecover`. */
export interface RecoveryReport {
  /** True: they follow, in order, each once, before anything newer. False: they do not; load your state again. */
  readonly recovered: boolean;
  /**
   * How many recorded messages follow, those included that the server does not show to this client. 0 when they do not
   * follow.
   */
  readonly count: number;
  /**
   * Why not: `epoch` (the history is another one), `lost` (by the server), `trimmed` (too old), `limit` (too many),
   * `denied`, `unavailable` (the history cannot be reached), or what a later server says. Undefined when they follow.
   */
  readonly reason: string | undefined;
}

/** From where on a first join wants messages. */
export interface JoinFrom {
  /**
   * Sends what follows this position, or all that is kept (`"earliest"`). Null and undefined: from now on. Rejoins ask
   * for what follows the last position by themselves.
   */
  readonly since?: Position | "earliest" | null | undefined;
  /** Without `since`: sends the last so many recorded messages, from 1. */
  readonly rewind?: number | undefined;
}

/** What is told to the application. */
export interface RecoveryHost {
  recover(report: RecoveryReport): void;
  caughtUp(): void;
}

/** The longest wait before a report, in milliseconds, whatever the server says. */
const MAX_SPREAD = 10_000;

export class Recovery {
  /** Kept when the channel is closed. */
  position: Position | null = null;
  recovered: boolean | undefined;
  readonly #session: string | undefined;
  readonly #host: RecoveryHost;
  #from: JoinFrom = {};
  /** Joined where there is a history, at a position that the server has not told yet. */
  #isBlind = false;
  /** What follows is older than what happens now. */
  #isReplaying = false;
  /** To be told. */
  #report: RecoveryReport | undefined;
  #delay = 0;
  /** While the report waits. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Without a session the channel does not ask for recovery. */
  constructor(session: string | undefined, host: RecoveryHost) {
    this.#session = session;
    this.#host = host;
  }

  /** A first join: nothing of an earlier one is of use. Throws for an invalid place. */
  begin({ since, rewind }: JoinFrom): void {
    const isPlace =
      since === undefined ||
      since === null ||
      since === "earliest" ||
      positionOf(since.epoch, since.offset) !== undefined;
    if (!isPlace || (rewind !== undefined && !(rewind && isOffset(rewind)))) {
      throw new RangeError("since or rewind is invalid");
    }
    this.end();
    this.#from = { since, rewind };
    this.position = null;
    this.#isBlind = false;
    this.recovered = undefined;
  }

  /** The channel is closed: nothing more is told. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#report = undefined;
    this.#isReplaying = false;
  }

  /** The extension of a join, if it asks for recovery. */
  request(): unknown {
    const since = this.position ?? this.#from.since ?? undefined;
    return (
      this.#session && {
        v: 1,
        since: typeof since === "object" ? [since.epoch, since.offset] : since,
        rewind: since === undefined ? this.#from.rewind : undefined,
        session: this.#session,
      }
    );
  }

  /**
   * Whether a message was seen already, or belongs to an earlier join of this connection: what that one sent comes again
   * after the reply of the present one.
   */
  isOld(message: SocketMessage, isJoined: boolean): boolean {
    // Of a channel that has no epoch yet, any will do: what comes is of the channel before it on the topic.
    const at = this.#positionIn(message.extension, "-");
    if (!at || isNews(message.event, message.join_ref)) return false;
    return !isJoined || isUpTo(at, this.position);
  }

  /** Takes the position of a message, before anything is done with it. */
  moveTo(extension: unknown): Position | undefined {
    const position = this.#positionIn(extension);
    this.position = position ?? this.position;
    return position;
  }

  /** The reply to a join, with its key `recovery`; {@link tell} follows. */
  joined(answer: unknown): void {
    this.#isReplaying = false;
    this.recovered = undefined;
    const { epoch, offset } = (answer ?? {}) as { readonly epoch?: unknown; readonly offset?: unknown };
    // Without a new position the old one stays: the server may know it at the next join.
    this.position = positionOf(epoch, offset) ?? this.position;
    // Joined before without a position that could be asked with now: what came in between is missing.
    this.#note(this.#isBlind ? { recovered: false, reason: "unavailable", ...(answer as object) } : answer);
    this.#isBlind = !!answer && !this.position;
  }

  /** A message of the server about recovery. Any other is none of its business. */
  received(event: string, payload: unknown, joinRef: unknown): void {
    if (!isNews(event, joinRef)) return;
    this.#note(payload);
    if ((payload as { readonly live?: unknown } | null)?.live === true && this.#isReplaying) {
      this.#isReplaying = false;
      if (!this.#report) this.#host.caughtUp();
    }
    this.tell();
  }

  /** Calls back for what was noted, after the wait that the server asks for. */
  tell(): void {
    const report = this.#report;
    if (!report || this.#timer) return;
    const told = () => {
      this.#timer = undefined;
      this.#report = undefined;
      this.#host.recover(report);
      if (!this.#isReplaying) this.#host.caughtUp();
    };
    if (this.#delay > 0) this.#timer = setTimeout(told, this.#delay);
    else told();
  }

  /** A loss that waits to be told stays: the application will load its state after all that comes until then. */
  #note(news: unknown): void {
    const { recovered, count, reason, spread } = (news ?? {}) as { readonly [Key in string]?: unknown };
    if (typeof recovered !== "boolean") return;
    const following = recovered && isOffset(count) ? count : 0;
    this.recovered = recovered;
    this.#isReplaying = following > 0;
    if (this.#timer) return;
    this.#report = { recovered, count: following, reason: typeof reason === "string" ? reason : undefined };
    this.#delay = !recovered && typeof spread === "number" ? Math.random() * Math.min(spread, MAX_SPREAD) : 0;
  }

  /** The position in the sixth element of a frame. A server may send anything. */
  #positionIn(extension: unknown, epoch?: string): Position | undefined {
    const { o, e = this.position?.epoch ?? epoch } = (extension ?? {}) as {
      readonly o?: unknown;
      readonly e?: unknown;
    };
    return positionOf(e, o);
  }
}

/** A `phx_recovery` of the channel's own: one without a join_ref is a broadcast of that name. */
const isNews = (event: string, joinRef: unknown): boolean => event === RECOVERY && !!joinRef;
