/**
 * The light markup of messages, read into nodes. Nothing is ever dropped: the sources of the nodes, one after the other,
 * are the text that was read. There is no HTML in it and none comes out of it.
 */
import { emojiNamed } from "./emoji.ts";

export type Style = "bold" | "italic" | "strike";

export type Inline =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: Style; readonly children: readonly Inline[] }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "link"; readonly href: string }
  | { readonly type: "mention"; readonly username: string }
  | { readonly type: "room"; readonly name: string }
  | { readonly type: "emoji"; readonly name: string; readonly char: string };

/** Some lines of text, or what stands between two ```. */
export type Block =
  | { readonly type: "lines"; readonly children: readonly Inline[] }
  | { readonly type: "pre"; readonly text: string };

const MARKERS: Readonly<Record<string, Style>> = { "*": "bold", _: "italic", "~": "strike" };
const MARKER_OF: Readonly<Record<Style, string>> = { bold: "*", italic: "_", strike: "~" };
const WORD = /[\p{L}\p{N}]/u;

/** The text as blocks. */
export function parse(text: string): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  for (const match of text.matchAll(/```([\s\S]+?)```/g)) {
    pushLines(blocks, text.slice(from, match.index));
    blocks.push({ type: "pre", text: match[1] ?? "" });
    from = match.index + match[0].length;
  }
  pushLines(blocks, text.slice(from));
  return blocks;
}

/** What was read: `sourceOf(parse(text)) === text`. */
export function sourceOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => (block.type === "pre" ? `\`\`\`${block.text}\`\`\`` : inlineSource(block.children)))
    .join("");
}

/** The words without their markup, for one line. */
export function plainText(text: string): string {
  const plain = (node: Inline): string => {
    if ("children" in node) return node.children.map(plain).join("");
    if (node.type === "code") return node.text;
    return node.type === "emoji" ? node.char : sourceOfNode(node);
  };
  const words = parse(text).map((block) => (block.type === "pre" ? block.text : block.children.map(plain).join("")));
  return words.join(" ").replace(/\s+/g, " ").trim();
}

export function inlineSource(nodes: readonly Inline[]): string {
  return nodes.map(sourceOfNode).join("");
}

function sourceOfNode(node: Inline): string {
  if (node.type === "text") return node.text;
  if (node.type === "code") return `\`${node.text}\``;
  if (node.type === "link") return node.href;
  if (node.type === "mention") return `@${node.username}`;
  if (node.type === "room") return `#${node.name}`;
  if (node.type === "emoji") return `:${node.name}:`;
  const marker = MARKER_OF[node.type];
  return marker + inlineSource(node.children) + marker;
}

function pushLines(blocks: Block[], text: string): void {
  if (text !== "") blocks.push({ type: "lines", children: parseInline(text, "") });
}

/** `outer`: the markers that this text stands between; inside of them they are plain characters. */
function parseInline(text: string, outer: string): Inline[] {
  const nodes: Inline[] = [];
  let plainFrom = 0;
  let at = 0;
  while (at < text.length) {
    const found = nodeAt(text, at, outer);
    if (found === undefined) {
      at++;
      continue;
    }
    if (at > plainFrom) nodes.push({ type: "text", text: text.slice(plainFrom, at) });
    nodes.push(found.node);
    plainFrom = at = found.end;
  }
  if (plainFrom < text.length) nodes.push({ type: "text", text: text.slice(plainFrom) });
  return nodes;
}

interface Found {
  readonly node: Inline;
  readonly end: number;
}

function nodeAt(text: string, at: number, outer: string): Found | undefined {
  const char = text[at] ?? "";
  if (char === "`") return codeAt(text, at);
  // Only a colon may stand directly behind a word or another emoji.
  if (char === ":") return emojiAt(text, at);
  if (WORD.test(text[at - 1] ?? "")) return undefined;
  if (char === "h" || char === "H") return linkAt(text, at);
  if (char === "@") return nameAt(text, at, (username) => ({ type: "mention", username }));
  if (char === "#") return nameAt(text, at, (name) => ({ type: "room", name }));
  const style = MARKERS[char];
  // Nor behind a closing bracket or a backslash: the arms of ¯\_(ツ)_/¯ stay on.
  if (style === undefined || outer.includes(char) || /[)\]\\]/.test(text[at - 1] ?? "")) return undefined;
  return styledAt(text, at, style, outer);
}

function codeAt(text: string, at: number): Found | undefined {
  const match = matchAt(/`([^`\n]+)`/y, text, at);
  return match && { node: { type: "code", text: match[1] ?? "" }, end: at + match[0].length };
}

function emojiAt(text: string, at: number): Found | undefined {
  const match = matchAt(/:([a-z0-9_+-]{1,30}):/y, text, at);
  const char = emojiNamed(match?.[1] ?? "");
  return match && char !== undefined
    ? { node: { type: "emoji", name: match[1] ?? "", char }, end: at + match[0].length }
    : undefined;
}

function nameAt(text: string, at: number, node: (name: string) => Inline): Found | undefined {
  const match = matchAt(/[@#]([\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*)/uy, text, at);
  return match && { node: node(match[1] ?? ""), end: at + match[0].length };
}

function linkAt(text: string, at: number): Found | undefined {
  const match = matchAt(/https?:\/\/[^\s<>"`]+/iy, text, at);
  if (match === undefined) return undefined;
  const href = withoutTail(match[0]);
  return isWebAddress(href) ? { node: { type: "link", href }, end: at + href.length } : undefined;
}

function styledAt(text: string, at: number, style: Style, outer: string): Found | undefined {
  const marker = MARKER_OF[style];
  if (/[\s*_~]/.test(text[at + 1] ?? " ")) return undefined;
  const lineEnd = text.indexOf("\n", at);
  const limit = lineEnd === -1 ? text.length : lineEnd;
  for (let end = at + 1; end < limit; end = codeAt(text, end)?.end ?? end + 1) {
    if (text[end] !== marker || /[\s\\]/.test(text[end - 1] ?? "") || WORD.test(text[end + 1] ?? "")) continue;
    const children = parseInline(text.slice(at + 1, end), outer + marker);
    return { node: { type: style, children }, end: end + 1 };
  }
  return undefined;
}

/** An address in a sentence ends before the sentence's own signs; a closing bracket belongs to it when it opened one. */
function withoutTail(address: string): string {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1] ?? "";
    const isClosing = last === ")" && !address.slice(0, end - 1).includes("(");
    if (!isClosing && !".,;:!?'*_~]}".includes(last)) break;
    end--;
  }
  return address.slice(0, end);
}

function isWebAddress(href: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(href).protocol);
  } catch {
    return false;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
