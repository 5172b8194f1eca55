/** One run: what it was delivered and told, one after the other. */
import type { Delivered, Fault, Line, Position, Reported } from "../history.ts";
import { lineageOf } from "./logs.ts";
import type { Logs } from "./logs.ts";
import type { Publications } from "./publications.ts";
import type { Kind, Tell } from "./violation.ts";

export interface Known {
  readonly logs: Logs;
  readonly publications: Publications;
  /** Entries that a topic keeps. */
  readonly size: number;
  readonly faults: readonly (Fault & Line)[];
  readonly tell: Tell;
}

/** Milliseconds after an outage in which a node may still say that its store does not answer. */
const AFTER_OUTAGE = 15_000;

export class Run {
  readonly #name: string;
  readonly #topic: string;
  readonly #known: Known;
  /** Up to here it has everything, or was told that it has not. Undefined: nobody has said, or it takes no part. */
  #position: Position | undefined = undefined;
  readonly #seen = new Set<string>();
  #lastId: string | undefined = undefined;
  #isTold = false;

  constructor(name: string, topic: string, known: Known) {
    this.#name = name;
    this.#topic = topic;
    this.#known = known;
  }

  see(line: Line): void {
    switch (line.op) {
      case "join":
        // Of a client without positions, a node that lags behind the one before cannot know what it has.
        if (line.pos === undefined && this.#position === undefined) this.#forget();
        this.#position ??= line.since ?? line.pos;
        break;
      case "deliver":
        this.#deliver(line);
        break;
      case "report":
        this.#report(line, line.t);
        break;
      case "end":
        this.#end();
    }
  }

  #forget(): void {
    this.#seen.clear();
    this.#lastId = undefined;
  }

  #tell(kind: Kind, what: string): void {
    this.#known.tell({ kind, run: this.#name, what });
  }

  #deliver({ id, pos }: Delivered): void {
    const { publications } = this.#known;
    const wrong = publications.wrong(id, this.#topic);
    if (wrong !== undefined) return this.#tell(wrong, id);
    if (!publications.isOwed(id, this.#name)) this.#tell("foreign", `${id} is not for it`);
    if (this.#seen.has(id)) return this.#tell("duplicate", id);
    if (pos === undefined) this.#followOrder(id);
    else if (this.#position !== undefined) this.#advance(this.#position, pos, id);
    this.#seen.add(id);
    this.#lastId = id;
    if (pos !== undefined) this.#position = pos;
    this.#isTold = false;
  }

  /** Of a client that knows no positions, only the order can be judged. */
  #followOrder(id: string): void {
    if (this.#lastId === undefined) return;
    const before = this.#known.logs.placesOf(this.#lastId);
    for (const [epoch, offset] of this.#known.logs.placesOf(id)) {
      const last = before.get(epoch);
      if (last !== undefined && last > offset) return this.#tell("reordered", `${id} after ${this.#lastId}`);
    }
  }

  #advance(from: Position, to: Position, id: string): void {
    if (lineageOf(from.epoch) !== lineageOf(to.epoch)) {
      return this.#tell("foreign", `${id} is of ${to.epoch}, the run was at ${show(from)}`);
    }
    if (this.#known.logs.isOnPath(this.#topic, from, to.epoch) === false) {
      return this.#tell("untold", `${show(from)} is not in the log of ${id} at ${show(to)}`);
    }
    if (to.offset <= from.offset) return this.#tell("reordered", `${id} at ${show(to)} after ${show(from)}`);
    this.#expect(from, to);
  }

  /** Whatever lies between two positions, and was owed, was delivered. */
  #expect(from: Position, to: Position): void {
    for (const id of this.#known.logs.between(this.#topic, from.offset, to)) {
      const isMissing = !this.#seen.has(id) && this.#known.publications.isOwed(id, this.#name);
      if (isMissing) this.#tell("lost", `${id}, between ${show(from)} and ${show(to)}`);
    }
  }

  #report({ reason, pos }: Reported, at: number): void {
    const from = this.#position;
    const isNeedless = reason === "unavailable" ? !this.#isOutage(at) : this.#isNeedless(from, reason, pos);
    if (isNeedless) {
      const kind = this.#isTold ? "second report" : "needless report";
      this.#tell(kind, `${reason} at ${show(pos)}, the run was at ${show(from)}`);
    }
    this.#position = pos;
    this.#isTold = true;
  }

  #isOutage(at: number): boolean {
    return this.#known.faults.some(({ outage, since, t }) => outage && since <= at && at <= t + AFTER_OUTAGE);
  }

  #isNeedless(had: Position | undefined, reason: string, to: Position | undefined): boolean {
    if (had === undefined || to === undefined) return false;
    const from = this.#past(had);
    const isSameLog = lineageOf(from.epoch) === lineageOf(to.epoch);
    switch (reason) {
      case "epoch":
        return isSameLog;
      case "lost":
        return isSameLog && this.#isStillTrue(from, to);
      case "trimmed":
      case "limit":
        return isSameLog && to.offset - from.offset <= this.#known.size;
      default:
        return true;
    }
  }

  #isStillTrue(from: Position, to: Position): boolean {
    if (to.offset < from.offset) return false;
    return this.#known.logs.isOnPath(this.#topic, from, to.epoch) === true;
  }

  /** The position after what follows it and is not for this run: the server may count it as had. */
  #past({ epoch, offset }: Position): Position {
    const { logs, publications } = this.#known;
    for (;;) {
      const next = logs.at(this.#topic, epoch, offset + 1);
      if (next === undefined || publications.isOwed(next, this.#name)) return { epoch, offset };
      offset++;
    }
  }

  #end(): void {
    const epoch = this.#known.logs.lastEpoch(this.#topic);
    const from = this.#position;
    if (epoch === undefined || from === undefined) return;
    const isOnPath = this.#known.logs.isOnPath(this.#topic, from, epoch);
    const top = this.#known.logs.top(this.#topic, epoch);
    if (isOnPath === false || from.offset > top) {
      return this.#tell("untold", `it ends at ${show(from)}; the log is ${show({ epoch, offset: top })}`);
    }
    this.#expect(from, { epoch, offset: top + 1 });
  }
}

const show = (position: Position | undefined): string =>
  position === undefined ? "no position" : `${position.epoch}:${position.offset}`;
