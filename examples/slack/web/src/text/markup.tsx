/** A message's text as React nodes. React escapes every character of it: nothing in a message becomes HTML. */
import { memo } from "react";
import type { ReactNode } from "react";
import "./markup.css";
import { nameOfEmoji } from "./emoji.ts";
import { parse } from "./parse.ts";
import type { Block, Inline } from "./parse.ts";

/** What names in a text mean on this page. */
export interface Names {
  /** Username of the reader: mentions of it stand out. */
  readonly me: string;
  /** Rooms by name, as far as the reader has them. */
  readonly roomIds: ReadonlyMap<string, number>;
}

export interface MarkupProps {
  readonly text: string;
  /** The usernames that were found on the server; any other `@word` stays plain. */
  readonly mentions: readonly string[];
  readonly names: Names;
}

/** Up to this many emoji alone in a message are shown large. */
const LARGE_LIMIT = 6;
const EVERYONE = new Set(["all", "here"]);

export const Markup = memo(function Markup({ text, mentions, names }: MarkupProps): ReactNode {
  const blocks = parse(text);
  const found = new Set(mentions.map((username) => username.toLowerCase()));
  const context = { found, names };
  if (isOnlyEmoji(blocks))
    return <span className="markup-large">{blocks.map((block, at) => toNode(block, at, context))}</span>;
  return blocks.map((block, at) => toNode(block, at, context));
});

interface Context {
  readonly found: ReadonlySet<string>;
  readonly names: Names;
}

function toNode(block: Block, key: number, context: Context): ReactNode {
  if (block.type === "lines") return <span key={key}>{inline(block.children, context)}</span>;
  return (
    <pre key={key} className="markup-pre">
      <code>{block.text.replace(/^\n|\n$/g, "")}</code>
    </pre>
  );
}

const inline = (nodes: readonly Inline[], context: Context): ReactNode[] =>
  nodes.map((node, at) => inlineNode(node, at, context));

function inlineNode(node: Inline, key: number, context: Context): ReactNode {
  switch (node.type) {
    case "text":
      return node.text;
    case "bold":
      return <strong key={key}>{inline(node.children, context)}</strong>;
    case "italic":
      return <em key={key}>{inline(node.children, context)}</em>;
    case "strike":
      return <s key={key}>{inline(node.children, context)}</s>;
    case "code":
      return (
        <code key={key} className="markup-code">
          {node.text}
        </code>
      );
    case "link":
      return (
        <a key={key} className="markup-link" href={node.href} target="_blank" rel="noopener noreferrer nofollow">
          {node.href}
        </a>
      );
    case "emoji":
      return (
        <span
          key={key}
          className="markup-emoji"
          role="img"
          aria-label={nameOfEmoji(node.char)}
          title={`:${node.name}:`}
        >
          {node.char}
        </span>
      );
    case "mention":
      return mention(node.username, key, context);
    case "room":
      return room(node.name, key, context);
  }
}

function mention(username: string, key: number, { found, names }: Context): ReactNode {
  const name = username.toLowerCase();
  if (!found.has(name)) return `@${username}`;
  const isMe = name === names.me.toLowerCase() || EVERYONE.has(name);
  return (
    <span key={key} className="markup-mention" data-me={isMe || undefined}>
      @{username}
    </span>
  );
}

function room(name: string, key: number, { names }: Context): ReactNode {
  const id = names.roomIds.get(name.toLowerCase());
  if (id === undefined) return `#${name}`;
  return (
    <a key={key} className="markup-room" href={`/room/${id}`} data-room={id}>
      #{name}
    </a>
  );
}

const PICTURES = /^(?:\s|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)+$/u;

function isOnlyEmoji(blocks: readonly Block[]): boolean {
  const [block, ...rest] = blocks;
  if (rest.length > 0 || block?.type !== "lines") return false;
  let count = 0;
  for (const node of block.children) {
    if (node.type === "emoji") count++;
    else if (node.type === "text" && PICTURES.test(node.text)) count += countPictures(node.text);
    else return false;
  }
  return count > 0 && count <= LARGE_LIMIT;
}

const countPictures = (text: string): number =>
  text.replace(/\u200d\p{Extended_Pictographic}/gu, "").match(/\p{Extended_Pictographic}/gu)?.length ?? 0;
