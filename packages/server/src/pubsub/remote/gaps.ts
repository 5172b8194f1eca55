/**
 * Detects broadcasts of other nodes that did not arrive: each sender numbers its own, and a jump in the numbers shows
 * how many are missing. A gap is detected with the next broadcast that does arrive.
 *
 * Anybody who can write to the engine can forge sequence numbers, unless messages are signed. So jumps are limited, and
 * a run of numbers from before a jump can continue after it: a forged message cannot make the real sender's look late.
 */

/** How many senders are remembered. Beyond it the oldest is forgotten, and accepted again without a gap. */
const MOST_SENDERS = 10_000;
/** How far a sequence number may jump. When a sender really was that far ahead, its second message is accepted. */
export const MAX_JUMP = 1_000_000;
/** How many runs are remembered per sender. */
const MOST_RUNS = 4;

/** The message has arrived already, or arrives after a later one. */
export const LATE = -1;
/** The jump is implausibly large: the message is forged, or a great many were lost. */
export const TOO_FAR = -2;

/** Consecutive sequence numbers. */
interface Run {
  readonly first: number;
  last: number;
  /** Messages missing before it that are not reported yet. */
  untold: number;
}

export class Gaps {
  readonly #isTrusted: boolean;
  /** The runs by sender and stream, most recently continued first. */
  readonly #runs = new Map<string, Run[]>();

  /**
   * `isTrusted`: messages are signed, so numbers cannot be forged. Then every jump is accepted, and nothing goes back.
   */
  constructor(isTrusted = false) {
    this.#isTrusted = isTrusted;
  }

  /**
   * Takes the sequence number of a broadcast from a sender on a stream. Returns how many are missing before it, or
   * {@link LATE} or {@link TOO_FAR}: then it must not be delivered.
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
    // An implausible one may be the real sender's first, after a forged one or a long outage.
    runs.splice(isNear ? 0 : 1, 0, { first: sequence, last: sequence, untold: isNear || jump < 0 ? 0 : jump });
    runs.length = Math.min(runs.length, MOST_RUNS);
    if (isNear) return jump - 1;
    return jump < 0 ? LATE : TOO_FAR;
  }
}

/** The next message of a run other than the current one, which becomes the current one. */
function goOn(runs: Run[], index: number): number {
  const [run] = runs.splice(index, 1) as [Run];
  runs.unshift(run);
  run.last++;
  const { untold } = run;
  run.untold = 0;
  return untold;
}
