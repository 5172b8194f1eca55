/** Splits the text of a block into what is emphasised, code, a link, and the rest. */
export type Inline =
  | { readonly type: "text" | "code" | "strong" | "emphasis"; readonly text: string }
  | { readonly type: "link"; readonly text: string; readonly url: string };

/**
 * Lengths are limited, so that a text of nothing but brackets costs no more than another one. Links lead to the web, and
 * nowhere else: no `javascript:`, no `data:`.
 */
const PART =
  /`([^`\n]{1,500})`|\*\*(?=\S)([^]{0,1000}?\S)\*\*(?!\*)|(?<![\w*])[*_](?=[^\s*_])([^*_]{0,500}?[^\s*_])[*_](?![\w*])|\[([^\]\n]{1,300})\]\((https?:\/\/[^\s()]{1,2000})\)/g;

export function inlineOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(PART)) {
    const [whole, code, strong, emphasis, label, url] = match;
    if (match.index > end) parts.push({ type: "text", text: text.slice(end, match.index) });
    if (code !== undefined) parts.push({ type: "code", text: code });
    else if (strong !== undefined) parts.push({ type: "strong", text: strong });
    else if (emphasis !== undefined) parts.push({ type: "emphasis", text: emphasis });
    else parts.push({ type: "link", text: label!, url: url! });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push({ type: "text", text: text.slice(end) });
  return parts;
}

/**
 * Closes what the end of a stream leaves open, so that half of a bold word is bold, and not asterisks. Blocks need none of
 * this: one that has no end yet ends with the text.
 */
export function closeInline(text: string): string {
  const fences = text.match(/^ {0,3}```/gm)?.length ?? 0;
  if (fences % 2 === 1) return text;
  const begun = text.replace(/(?<=^|[\s(])[*_`]{1,3}$/, "");
  const line = begun.slice(begun.lastIndexOf("\n") + 1);
  const isOpen = (marker: string) => line.split(marker).length % 2 === 0;
  if (isOpen("`")) return `${begun}\``;
  return isOpen("**") ? `${begun.replace(/\*$/, "")}**` : begun;
}
