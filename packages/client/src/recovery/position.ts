/** Positions, as a server sends them. */

/**
 * A place in the history of a topic: "I have everything up to here". Store it with the state that it belongs to, and
 * pass it to `channel.join({ since })`. Only positions of one `epoch` can be compared by their `offset`.
 */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** The longest epoch, in characters: it is sent back with each join. */
const MAX_EPOCH = 255;

/** Undefined for what is none. */
export function positionOf(epoch: unknown, offset: unknown): Position | undefined {
  const isEpoch = typeof epoch === "string" && epoch !== "" && epoch.length <= MAX_EPOCH;
  return isEpoch && isOffset(offset) ? { epoch, offset } : undefined;
}

/** A whole number from 0. */
export const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Which log an epoch belongs to: offsets of one lineage grow. */
const lineageOf = (epoch: string): string => epoch.replace(/\.[^.]*$/, "");

/** Whether what is at a place is known to who has everything up to another one. */
export const isUpTo = (place: Position, known: Position | null | undefined): boolean =>
  !!known && place.offset <= known.offset && lineageOf(place.epoch) === lineageOf(known.epoch);
