/** Names that are made of patterns, events and paths. */

/** The words of a name: `room:{id}` has `room` and `id`, `newMsg` has `new` and `Msg`. */
export function wordsOf(text: string): string[] {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** `new_msg` → `NewMsg`. */
export const camel = (text: string): string =>
  wordsOf(withoutPlaceholders(text))
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join("");

/** A pattern's fixed part: `room:{id}` → `room:`. All of it when nothing is left. */
function withoutPlaceholders(pattern: string): string {
  const rest = pattern.replaceAll(/\{[^}]*\}/g, "");
  return wordsOf(rest).length > 0 ? rest : pattern;
}

/** The key of a channel in a document: `user:public` → `user_public`, `room:{id}` → `room`. */
export const keyOf = (text: string): string => wordsOf(withoutPlaceholders(text)).join("_") || "channel";

/** An event as a key: `message:new` → `message_new`. */
export const eventKey = (event: string): string => event.replaceAll(/[^\w.-]/g, "_") || "_";

/** Makes each name of a place unique: the second `room` is `room_2`. */
export class UniqueNames {
  readonly #taken = new Set<string>();
  readonly #separator: string;

  constructor(separator = "_") {
    this.#separator = separator;
  }

  take(wanted: string): string {
    for (let count = 1; ; count++) {
      const name = count === 1 ? wanted : `${wanted}${this.#separator}${count}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}
