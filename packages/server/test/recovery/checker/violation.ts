/** What can be wrong. */
export type Kind =
  /** Confirmed, kept by the engine, owed to a run, not delivered to it, and the run was not told. */
  | "lost"
  /** Delivered twice to a run, or twice in a log. */
  | "duplicate"
  /** Delivered before something that is earlier in the log. */
  | "reordered"
  /** Delivered, or in a log, though it was refused or nobody has published it. */
  | "phantom"
  /** Delivered to somebody who was not to get it, or out of another log, of which the run was not told. */
  | "foreign"
  /** Two messages have the same offset in one generation of a log. */
  | "conflict"
  /** A run has seen what the log has lost, and was not told. */
  | "untold"
  /** A run was told of a loss that there was not. */
  | "needless report"
  /** A run was told twice of one gap. */
  | "second report";

export interface Violation {
  readonly kind: Kind;
  readonly run?: string;
  readonly what: string;
}

export type Tell = (violation: Violation) => void;
