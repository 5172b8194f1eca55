/**
 * Text that clients chose, as it may be looked at: what is invisible, or changes the direction or the place of what stands
 * around it, is written out.
 */

/** A piece of a text. `escape`: it stands for a character that cannot be shown. */
export interface Piece {
  readonly text: string;
  readonly escape: boolean;
}

// Control, format (bidi overrides, zero width), unassigned, private, lone surrogates, separators, and spaces that are not ours.
const HIDDEN = /(?! )[\p{C}\p{Z}\u115f\u1160\u3164\uffa0\u2800]/gu;
const NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

const escaped = (character: string): string =>
  NAMES[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;

/** The text in pieces, cut after `max` characters. */
export function piecesOf(text: string, max: number): Piece[] {
  const shown = text.length > max ? text.slice(0, max) : text;
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: character, index } of shown.matchAll(HIDDEN)) {
    if (index > end) pieces.push({ text: shown.slice(end, index), escape: false });
    pieces.push({ text: escaped(character), escape: true });
    end = index + character.length;
  }
  if (end < shown.length) pieces.push({ text: shown.slice(end), escape: false });
  return pieces;
}

/** The same as one string, for titles and labels. */
export const visible = (text: string, max = 500): string =>
  piecesOf(text, max)
    .map((piece) => piece.text)
    .join("") + (text.length > max ? "…" : "");
