/** What the composer completes: the word at the caret, and the text after a choice. Pure. */

export type CompletionKind = "user" | "room" | "emoji" | "command";

export interface Completion {
  readonly kind: CompletionKind;
  /** What was typed after the sign. */
  readonly query: string;
  /** Where the sign stands. */
  readonly from: number;
}

const KINDS: Readonly<Record<string, CompletionKind>> = { "@": "user", "#": "room", ":": "emoji" };

/** What is being typed at the caret, or undefined. */
export function completionAt(text: string, caret: number): Completion | undefined {
  const before = text.slice(0, caret);
  const command = /^\/([a-z-]*)$/.exec(before);
  if (command !== null) return { kind: "command", query: command[1] ?? "", from: 0 };
  const match = /(?:^|[\s("'*_~])([@#:])([\p{L}\p{N}_.+-]{0,40})$/u.exec(before);
  const [, sign = "", query = ""] = match ?? [];
  const kind = KINDS[sign];
  // A colon alone is a colon, and `:-` is the beginning of a face.
  if (kind === undefined || (kind === "emoji" && !/^[\p{L}+][\p{L}\p{N}_+-]/u.test(query))) return undefined;
  return { kind, query, from: caret - query.length - 1 };
}

/** A whole command or name needs no completing: Enter sends what is there. An emoji's colon is still to come. */
export const isWhole = ({ kind, query }: Completion, value: string): boolean =>
  kind !== "emoji" && query.toLowerCase() === value;

/** The text with `insert` and a space in place of what was typed, and where the caret is then. */
export function complete(text: string, caret: number, { from }: Completion, insert: string) {
  const rest = text.slice(caret).replace(/^ /, "");
  const begin = `${text.slice(0, from)}${insert} `;
  return { text: begin + rest, caret: begin.length };
}

/** Those whose name or other name begins with the query, then those that have it inside. */
export function matching<T>(all: readonly T[], query: string, namesOf: (candidate: T) => readonly string[]): T[] {
  const wanted = query.toLowerCase();
  const rank = (candidate: T): number => {
    const names = namesOf(candidate).map((name) => name.toLowerCase());
    if (names.some((name) => name.startsWith(wanted))) return 0;
    return names.some((name) => name.includes(wanted)) ? 1 : 2;
  };
  return all
    .map((candidate) => ({ candidate, rank: rank(candidate) }))
    .filter((found) => found.rank < 2)
    .sort((one, other) => one.rank - other.rank)
    .map(({ candidate }) => candidate);
}

/** A slash command with its arguments, or undefined. `//` begins a message that starts with a slash. */
export function commandIn(text: string): { readonly name: string; readonly args: string } | undefined {
  const match = /^\/([a-z-]+)(?:\s+([\s\S]*))?$/i.exec(text.trim());
  return match === null ? undefined : { name: (match[1] ?? "").toLowerCase(), args: (match[2] ?? "").trim() };
}
