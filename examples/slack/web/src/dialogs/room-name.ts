/** What was typed, as a channel may be called: small letters, digits, `-` and `_`. Spaces become hyphens. */
export function roomNameFrom(typed: string): string {
  return typed
    .toLowerCase()
    .replace(/^[\s#]+/, "")
    .replace(/\s+/g, "-")
    .replace(/[^\p{Ll}\p{Lo}\p{N}_-]/gu, "")
    .replace(/^[_-]+/, "")
    .slice(0, 40);
}
