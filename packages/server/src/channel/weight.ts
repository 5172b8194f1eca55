/** The memory that a decoded message takes. `[{},{},…]` takes 20 times as much as its JSON. */

/** Of a message, whatever is in it. */
const MESSAGE = 200;
const ARRAY = 48;
const OBJECT = 56;
/** Of an element of an array, or of the value of a key. */
const SLOT = 8;
/** Of a key beside its text: its place in a hidden class or dictionary. */
const KEY = 48;
const STRING = 24;
const NUMBER = 16;

/**
 * An estimate in bytes, on the high side. Stops counting at `enough`, and so ends on any value. Never throws: at something
 * that cannot be read, such as a getter that throws, it stops as well.
 */
export function weigh(content: unknown, enough: number): number {
  let weight = MESSAGE;
  const pending: unknown[] = [content];
  try {
    while (pending.length > 0 && weight < enough) {
      const value = pending.pop();
      if (typeof value === "string") weight += STRING + 2 * value.length;
      else if (typeof value === "number") weight += NUMBER;
      else if (typeof value !== "object" || value === null) continue;
      else if (ArrayBuffer.isView(value)) weight += value.byteLength;
      else if (Array.isArray(value)) {
        weight += ARRAY + SLOT * value.length;
        if (weight < enough) for (const element of value) pending.push(element);
      } else {
        weight += OBJECT;
        for (const key in value) {
          weight += SLOT + KEY + 2 * key.length;
          if (weight >= enough) break;
          pending.push((value as Record<string, unknown>)[key]);
        }
      }
    }
  } catch {
    return weight;
  }
  return weight;
}
