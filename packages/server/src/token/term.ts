/**
 * Erlang's external term format, as far as the data of a token needs it: a version byte, then one term, which begins
 * with a tag. Sizes and counts are big-endian; the digits of big integers are little-endian.
 */

/** What a token carries: JSON, and integers of any size. */
export type TokenData =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly TokenData[]
  | { readonly [key: string]: TokenData };

/** First byte of every encoded term. */
export const VERSION = 131;

/** The tags that are written or read. All others (functions, pids, references, compressed terms, ...) are refused. */
export const TAG = {
  newFloat: 70,
  smallInteger: 97,
  integer: 98,
  atom: 100,
  smallTuple: 104,
  nil: 106,
  string: 107,
  list: 108,
  binary: 109,
  smallBig: 110,
  smallAtom: 115,
  map: 116,
  atomUtf8: 118,
  smallAtomUtf8: 119,
} as const;

/** Lists and objects inside each other. Beyond it a term is neither written nor read. */
export const MAX_DEPTH = 128;

/** A term of no more than 255 digit bytes, which is what `smallBig` holds. */
export const MAX_BIG_BYTES = 255;
