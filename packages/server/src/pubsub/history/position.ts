/**
 * Where a log stands, and whether a position still holds.
 *
 * A log has generations: each life of the store's primary is one, with a unique tag and the offset at which it began.
 * After a failover the new primary may lack the newest entries of the old one, and gives their offsets to others. A
 * position holds as long as it is not beyond the point where a later generation began.
 */
/** Where a message stands in the recorded history of its topic. */
export interface Position {
  /** Which recording of the topic: positions of different ones cannot be compared. At most 255 bytes. */
  readonly epoch: string;
  /** Grows from message to message: 0 to 2^48 - 1. */
  readonly offset: number;
}

/** One life of the store's primary. */
export interface Generation {
  readonly tag: string;
  /** The newest offset when it began: entries up to here are those of the generation before. */
  readonly boundary: number;
}

/** How many generations a log remembers. */
export const MOST_GENERATIONS = 8;

/** Where a log stands. */
export interface Head {
  /** A random name of this log: a new one when it was lost or removed. Without a dot. */
  readonly lineage: string;
  /** The last generations, the present one last. Tags have no dot. */
  readonly chain: readonly Generation[];
  /** The newest offset; 0: nothing was ever stored. */
  readonly top: number;
}

export const tagOf = ({ chain }: Head): string => (chain[chain.length - 1] as Generation).tag;

/** The epoch of a position: which log, and in which generation it was read. Clients do not look into it. */
export const epochOf = (head: Head): string => `${head.lineage}.${tagOf(head)}`;

/** A position, with its epoch in parts. */
export interface Mark {
  readonly lineage: string;
  readonly tag: string;
  readonly offset: number;
}

/** Reads a position; undefined for what cannot be one. */
export function markOf({ epoch, offset }: Position): Mark | undefined {
  const dot = epoch.indexOf(".");
  if (dot <= 0 || dot === epoch.length - 1 || epoch.length > 255) return undefined;
  if (!Number.isSafeInteger(offset) || offset < 0) return undefined;
  return { lineage: epoch.slice(0, dot), tag: epoch.slice(dot + 1), offset };
}

/**
 * Up to where what was read in a generation still holds: the smallest boundary of the generations after it. Undefined when
 * the log is another one, or does not remember the generation.
 */
export function holdsUpTo(head: Head, lineage: string, tag: string): number | undefined {
  if (lineage !== head.lineage) return undefined;
  const index = head.chain.findIndex((generation) => generation.tag === tag);
  if (index === -1) return undefined;
  let limit = Infinity;
  for (const { boundary } of head.chain.slice(index + 1)) limit = Math.min(limit, boundary);
  return limit;
}

/** Whether a position is a true beginning of the log: everything up to it is what the log has. */
export function isOnPath(head: Head, mark: Mark): boolean {
  const limit = holdsUpTo(head, mark.lineage, mark.tag);
  return limit !== undefined && mark.offset <= limit;
}

/** The head after a new generation began. */
export function nextGeneration(head: Head, tag: string): Head {
  const chain = [...head.chain, { tag, boundary: head.top }].slice(-MOST_GENERATIONS);
  return { ...head, chain };
}

export const positionOf = (head: Head, offset: number): Position => ({ epoch: epochOf(head), offset });

export const positionAt = ({ lineage, tag, offset }: Mark): Position => ({ epoch: `${lineage}.${tag}`, offset });
