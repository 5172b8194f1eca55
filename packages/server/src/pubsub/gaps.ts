/**
 * Finds out which broadcasts of other nodes did not arrive: each sender counts its own, and a count that jumps shows how
 * many are missing. It is seen with the next broadcast that does arrive.
 *
 * Whoever can write to the engine can forge counts, unless messages are signed. So a jump is limited, and a count that
 * was followed before a jump can go on after it: a forged message cannot make those of the real sender look like late
 * ones.
 */

/** Senders that are remembered. The one that was heard of first is forgotten, and found again without a gap. */
const MOST_SENDERS = 10_000;
/** How far a count may jump. When a sender really was that far ahead, its second message is believed. */
export const MAX_JUMP = 1_000_000;
/** Runs of counts that are remembered of one sender. */
const MOST_RUNS = 4;

/** The message came already, or comes after a later one. */
export const LATE = -1;
/** The count jumps further than is believed: the message is forged, or one of very many is the first to arrive. */
export const TOO_FAR = -2;

/** Counts that arrived one after the other. */
interface Run {
  readonly first: number;
  last: number;
  /** Messages that are missing before it, which were not told yet. */
  untold: number;
}

export class Gaps {
  readonly #isTrusted: boolean;
  /** By sender and stream: the runs, the one that was continued last first. */
  readonly #runs = new Map<string, Run[]>();

  /** `isTrusted`: counts cannot be forged, because messages are signed. Then every jump is believed, and nothing goes back. */
  constructor(isTrusted = false) {
    this.#isTrusted = isTrusted;
  }

  /**
   * Takes the count of a broadcast from a sender on a stream. Gives how many are missing before it, or {@link LATE} or
   * {@link TOO_FAR}: then it is not to be delivered.
   */
  check(sender: string, stream: number, sequence: number): number {
    const key = stream === 0 ? sender : `${sender}${stream}`;
    const runs = this.#runs.get(key);
    if (runs === undefined) {
      if (this.#runs.size >= MOST_SENDERS) this.#runs.delete(this.#runs.keys().next().value as string);
      this.#runs.set(key, [{ first: sequence, last: sequence, untold: 0 }]);
      return 0;
    }
    const current = runs[0] as Run;
    if (sequence !== current.last + 1) return this.#jump(runs, sequence);
    current.last = sequence;
    return 0;
  }

  #jump(runs: Run[], sequence: number): number {
    const current = runs[0] as Run;
    const jump = sequence - current.last;
    if (this.#isTrusted) {
      if (jump <= 0) return LATE;
      current.last = sequence;
      return jump - 1;
    }
    if (runs.some(({ first, last }) => first <= sequence && sequence <= last)) return LATE;
    const continued = runs.findIndex(({ last }) => last + 1 === sequence);
    if (continued !== -1) return goOn(runs, continued);
    const isNear = jump > 0 && jump <= MAX_JUMP;
    // One that is not believed may be the first of the real sender's, after a forged one or a long outage.
    runs.splice(isNear ? 0 : 1, 0, { first: sequence, last: sequence, untold: isNear || jump < 0 ? 0 : jump });
    runs.length = Math.min(runs.length, MOST_RUNS);
    if (isNear) return jump - 1;
    return jump < 0 ? LATE : TOO_FAR;
  }
}

/** The next message of a run that is not the current one: it is now. */
function goOn(runs: Run[], index: number): number {
  const [run] = runs.splice(index, 1) as [Run];
  runs.unshift(run);
  run.last++;
  const { untold } = run;
  run.untold = 0;
  return untold;
}
