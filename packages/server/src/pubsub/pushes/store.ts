/**
 * The contract of what remembers numbered pushes: a record for each line, that is, for the pushes of one session on one
 * topic. Every history store has one. `pubsub/pushes.ts` uses it: claim, then run, then settle.
 *
 * All calls are atomic, and name the same record in the same way on all nodes. A record is forgotten `window` milliseconds
 * after its last call, or earlier when there are too many; the next one has another epoch.
 */

/** Numbers whose replies are kept: the last so many of a line. Older ones are forgotten, even while they run. */
export const KEPT_REPLIES = 32;

/** A line as a client learns it. */
export interface Line {
  /** A random name of the record: another one when it was lost, or when the store's newest writes may have been. */
  readonly epoch: string;
  /** The highest number that was claimed, or that will never be. */
  readonly last: number;
}

/** What is asked of a line. */
export interface Claim {
  readonly n: number;
  /** As the client knows it. */
  readonly epoch: string;
  /** The client is done with all numbers up to this one: it has their replies, or has given them up. */
  readonly acked: number;
  /** Names this try: unique. A claim that is repeated with the same token, because its answer was lost, is granted again. */
  readonly token: string;
  /** The try that holds the number is taken over from: granted only if it is still this one. */
  readonly over?: Holder | undefined;
  /** Counts the tries of this number, from 1. */
  readonly attempt: number;
  /** Milliseconds. */
  readonly window: number;
}

/** Who has claimed a number, and has not settled it. */
export interface Holder {
  readonly token: string;
  readonly attempt: number;
}

export type Claimed =
  /** The number is the caller's: it runs the handler. */
  | { readonly state: "claimed" }
  /** It is settled. Undefined: the reply is not kept. */
  | { readonly state: "settled"; readonly reply: string | undefined }
  | { readonly state: "running"; readonly holder: Holder }
  /** It is not its turn: `next` is. */
  | { readonly state: "order"; readonly next: number }
  /** There is no record of this epoch; or there was a change of epochs, and the number was not claimed under the old one. */
  | { readonly state: "epoch" };

/** The result of a number. */
export interface Settlement {
  readonly n: number;
  /** Of the try that holds it. */
  readonly token: string;
  /** Opaque, at most 6 kB. Undefined: settled, and not kept. */
  readonly reply: string | undefined;
  /** Milliseconds. */
  readonly window: number;
}

export interface PushStore {
  /**
   * Reads a record, or makes one. `next`: the caller will not claim numbers below it that were not claimed before: `last`
   * becomes at least `next - 1`, and is never lowered.
   */
  open(record: string, next: number, window: number): Line | Promise<Line>;

  /**
   * Claims a number. In this order:
   *
   * 1. No record, or one whose epoch is neither `epoch` nor was it before: `epoch`.
   * 2. Numbers below `n` up to `acked`, and all up to `last - KEPT_REPLIES`, are forgotten, whoever holds them: one that was given
   *    up must not be run behind later ones.
   * 3. `n <= last`: settled with its reply, if it is kept; running under this token: `claimed`; running under the token of
   *    `over`: it is held by this one now, with `attempt`, `claimed`; running under another: `running`; else settled
   *    without a reply.
   * 4. `epoch` is not the present one: `epoch`.
   * 5. `n > last + 1`: `order`. Else `last` becomes `n`, held by `token` with `attempt`: `claimed`.
   *
   * Rejects when the store cannot be reached: then nobody knows whether it was claimed.
   */
  claim(record: string, claim: Claim): Claimed | Promise<Claimed>;

  /** Settles a number. False, without effect: it is not held under this token any more. Repeated with the same result: true. */
  settle(record: string, settlement: Settlement): boolean | Promise<boolean>;
}
