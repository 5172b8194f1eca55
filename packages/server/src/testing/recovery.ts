/** What a test client knows of the history of a topic: where it stands, and what became of what it missed. */
import { RECOVERY } from "@wingbeat/protocol";
import type { JoinRecovery, Message } from "@wingbeat/protocol";
import type { Position } from "../pubsub.ts";
import { Inbox } from "./inbox.ts";
import type { Wording } from "./inbox.ts";

/** From where on a join wants messages, as in `channel.join` of the client. */
export interface JoinFrom {
  /** What follows this position, or everything that is kept. Default: only what comes from now on. */
  readonly since?: Position | "earliest";
  /** Without `since`: the last so many recorded messages. */
  readonly rewind?: number;
}

/** What a client is told: that everything follows, or that messages are missing. */
interface Report {
  readonly recovered: boolean;
  readonly count: number;
  readonly reason: string | undefined;
}

export class TestRecovery {
  position: Position | null = null;
  readonly #positions = new WeakMap<object, Position>();
  readonly #reports: Inbox<Report>;
  #hasHistory = false;

  constructor(state: () => string | undefined) {
    this.#reports = new Inbox(() => state() ?? (this.#hasHistory ? undefined : "the topic has no history"));
  }

  /** Element 6 of the join. */
  request(session: string, { since, rewind }: JoinFrom): unknown {
    const from = this.position ?? since;
    return {
      v: 1,
      session,
      since: typeof from === "object" ? [from.epoch, from.offset] : from,
      rewind: from === undefined ? rewind : undefined,
    };
  }

  /** A message of the server. Returns false for one that only tells of recovery. */
  received({ event, joinRef, payload, extension }: Message): boolean {
    this.#move(payload, extension);
    if (event === RECOVERY && joinRef !== null) {
      this.#note(payload as Partial<JoinRecovery>);
      return false;
    }
    const { recovery } = payload as { readonly recovery?: JoinRecovery };
    if (joinRef === null || recovery === undefined) return true;
    this.#hasHistory = true;
    const { epoch, offset } = recovery;
    if (epoch !== "") this.position = { epoch, offset };
    this.#note(recovery);
    return true;
  }

  #move(payload: unknown, extension: unknown): void {
    const { o, e = this.position?.epoch } = (extension ?? {}) as { readonly o?: number; readonly e?: string };
    if (o === undefined || e === undefined) return;
    this.position = { epoch: e, offset: o };
    this.#positions.set(payload as object, this.position);
  }

  #note({ recovered, count = 0, reason }: Partial<JoinRecovery>): void {
    if (recovered !== undefined) this.#reports.add({ recovered, count, reason });
  }

  /** Where a message stands, by its payload. */
  positionOf(payload: unknown): Position | undefined {
    return this.#positions.get(payload as object);
  }

  take(accepts: (report: Report) => boolean, timeout: number, wording: Omit<Wording<Report>, "describe">) {
    return this.#reports.take(accepts, timeout, { ...wording, describe });
  }

  crashed(error: unknown): void {
    this.#reports.crashed(error);
  }

  pardon(): void {
    this.#reports.pardon();
  }
}

const describe = ({ recovered, count, reason = "" }: Report): string =>
  recovered ? `recovered, and ${count} messages follow` : `not recovered: ${reason}`;
