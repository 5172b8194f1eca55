/** Makes text of clients harmless for a terminal. */

// oxlint-disable-next-line no-control-regex -- these are what must go
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

/** The same for many lines. */
export const readableLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => readable(line, Infinity))
    .join("\n");

/** JSON that a terminal can show: what `JSON.stringify` leaves as it is, and is not harmless, is escaped. */
export const readableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split("\n")
    .map((line) =>
      line.replaceAll(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
    )
    .join("\n");

/** Without control characters, and those that change the direction of text; cut after `most` characters. */
export function readable(text: string, most = 200): string {
  const safe = text.replaceAll(UNSAFE, "\u{fffd}");
  return safe.length > most ? `${safe.slice(0, most - 1)}…` : safe;
}
