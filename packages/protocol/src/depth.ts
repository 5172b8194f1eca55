/** Measures the nesting of JSON before it is parsed. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Whether arrays and objects are nested more than `levels` deep. Most texts need no full scan: they are too short (a
 * level takes two characters), or have too few brackets. Invalid JSON may be nested as deep as it is long.
 */
export function isDeeperThan(json: string, levels: number): boolean {
  if (json.length <= 2 * levels || !hasMoreThan(json, levels)) return false;
  let depth = 0;
  for (let index = 0; index < json.length; index++) {
    const char = json.charCodeAt(index);
    if (char === QUOTE) index = endOfString(json, index);
    else if (char === OPEN_ARRAY || char === OPEN_OBJECT) {
      if (++depth > levels) return true;
    } else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) depth--;
  }
  return false;
}

/** Whether there are more than `limit` opening brackets, including those in strings. */
function hasMoreThan(json: string, limit: number): boolean {
  let left = limit;
  for (let at = json.indexOf("{"); at !== -1; at = json.indexOf("{", at + 1)) if (--left < 0) return true;
  for (let at = json.indexOf("["); at !== -1; at = json.indexOf("[", at + 1)) if (--left < 0) return true;
  return false;
}

/** The end of the string that starts at `start`: its closing quote, or the end of the text. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end;
}

/** Whether a character is preceded by an odd number of backslashes. */
function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}
