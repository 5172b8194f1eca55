/** What the writers of all three languages use. */
import { UniqueNames, wordsOf } from "../names.ts";
import type { Declaration } from "./types.ts";

/** `user_id` → `userId`. A name that the language has itself, or that starts with a digit, gets an underscore, after or before it. */
export function lower(text: string, reserved: ReadonlySet<string>): string {
  const words = wordsOf(text).map((word, at) =>
    at === 0 ? `${word[0]?.toLowerCase()}${word.slice(1)}` : `${word[0]?.toUpperCase()}${word.slice(1)}`,
  );
  const name = words.join("").replaceAll(/[^A-Za-z0-9]/g, "") || "value";
  if (/^\d/.test(name)) return `_${name}`;
  return reserved.has(name) ? `${name}_` : name;
}

export const upper = (text: string): string => {
  const name = lower(text, new Set());
  const upperCased = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  return /^\d/.test(upperCased) ? `_${upperCased}` : upperCased;
};

/** A text in the quotes of a language: names may have any character. `$` starts a variable in Kotlin and Dart. */
export const quoted = (text: string): string => JSON.stringify(text);
export const quotedDollar = (text: string): string => JSON.stringify(text).replaceAll("$", "\\$");

/** Names for things of one declaration, each once. */
export function namesFor<T>(items: readonly T[], name: (item: T) => string): readonly (readonly [string, T])[] {
  const taken = new UniqueNames("");
  return items.map((item) => [taken.take(name(item)), item] as const);
}

export type Of<Kind extends Declaration["kind"]> = Extract<Declaration, { readonly kind: Kind }>;

export const lines = (...parts: readonly (string | readonly string[])[]): string => parts.flat().join("\n");
