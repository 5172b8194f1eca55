/**
 * How well a name fits what was typed; 0 does not fit. A beginning beats the beginning of a later word, which beats
 * anything inside; letters in the right order, with others between them, come last.
 */
export function matchOf(name: string, query: string): number {
  const text = name.toLowerCase();
  const wanted = query.trim().toLowerCase().replace(/^[#@]/, "");
  if (wanted === "" || text.startsWith(wanted)) return 4;
  const at = text.indexOf(wanted);
  if (at > 0) return /[\s_-]/.test(text[at - 1] ?? "") ? 3 : 2;
  return isSubsequence(wanted, text) ? 1 : 0;
}

function isSubsequence(wanted: string, text: string): boolean {
  let from = 0;
  for (const letter of wanted) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** What fits, the best first; else as it came. */
export function bestMatches<T>(
  items: readonly T[],
  query: string,
  nameOf: (item: T) => readonly string[],
): readonly T[] {
  return items
    .map((item) => ({ item, match: Math.max(...nameOf(item).map((name) => matchOf(name, query))) }))
    .filter(({ match }) => match > 0)
    .toSorted((a, b) => b.match - a.match)
    .map(({ item }) => item);
}
