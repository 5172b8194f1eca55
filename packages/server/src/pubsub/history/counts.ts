/**
 * Detects entries that did not arrive, without asking the store for the head of each topic again and again: every process
 * numbers what it sends on a stream, and tells its number every 10 s, so that the loss of its last message shows, too.
 *
 * Whatever is not the next number means that something may have been missed, also a number that goes back: a forged one
 * can raise an alarm, but never hide a loss.
 */

/** Milliseconds between two messages that tell a sender's number. */
export const TELL_EVERY = 10_000;
/** Milliseconds without a message after which a sender counts as gone, together with what it sent last. */
export const SILENCE = 3.5 * TELL_EVERY;
/** Milliseconds between two alarms: each makes the node ask for the heads of all its topics. */
const PAUSE = 1_000;
/** How many senders are remembered, counted for each stream. Beyond it the oldest is forgotten, with an alarm. */
const MOST_SENDERS = 10_000;

interface Sender {
  last: number;
  /** When it was heard last. */
  at: number;
}

export class Counts {
  readonly #alarm: () => void;
  readonly #senders = new Map<string, Sender>();
  #alarmedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** `alarm`: something may have been missed. Called at most once a second. */
  constructor(alarm: () => void) {
    this.#alarm = alarm;
  }

  /** A message has arrived. Senders number those of a stream from 1; `sender` names both. */
  arrived(sender: string, number: number): void {
    const known = this.#senders.get(sender);
    const last = known?.last ?? 0;
    this.#heard(sender, known, number);
    if (number !== last + 1 && number !== last) this.raise();
  }

  /** A sender tells the number of its last message. */
  told(sender: string, number: number): void {
    const known = this.#senders.get(sender);
    const last = known?.last ?? 0;
    this.#heard(sender, known, number);
    if (number !== last) this.raise();
  }

  /** A sender tells the number of its last message for the last time. */
  left(sender: string, number: number): void {
    this.told(sender, number);
    this.#senders.delete(sender);
  }

  /** Looks for senders that fell silent. To be called about every 10 s. */
  check(): void {
    const silentSince = performance.now() - SILENCE;
    for (const [name, { at }] of this.#senders) {
      if (at >= silentSince) continue;
      this.#senders.delete(name);
      this.raise();
    }
  }

  /** Forgets all senders: the connection is gone. No alarm comes until something arrives again. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#senders.clear();
  }

  /** Something may have been missed, for another reason. */
  raise(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#alarmedAt + PAUSE - performance.now();
    if (wait <= 0) return this.#ring();
    this.#timer = setTimeout(() => this.#ring(), wait);
    this.#timer.unref();
  }

  #heard(name: string, known: Sender | undefined, number: number): void {
    const at = performance.now();
    if (known !== undefined) {
      known.last = number;
      known.at = at;
      return;
    }
    this.#senders.set(name, { last: number, at });
    if (this.#senders.size <= MOST_SENDERS) return;
    this.#senders.delete(this.#senders.keys().next().value as string);
    this.raise();
  }

  #ring(): void {
    this.#timer = undefined;
    this.#alarmedAt = performance.now();
    this.#alarm();
  }
}
