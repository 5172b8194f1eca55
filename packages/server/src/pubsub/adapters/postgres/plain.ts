/**
 * Names as the tables have them. PostgreSQL stores no NUL and no half of a character in text, and a line break separates the
 * fields of a notification: they are written as `\u000a`, and a backslash as `\u005c`.
 */

const SPECIAL = /[\\\n\0]|\p{Surrogate}/u;
const SPECIALS = /[\\\n\0]|\p{Surrogate}/gu;

export function plain(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll(SPECIALS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function original(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replaceAll(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
