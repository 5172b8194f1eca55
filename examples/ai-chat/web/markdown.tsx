/**
 * The part of Markdown that models write, as React nodes. There is no HTML on the way: whatever a model says, or quotes,
 * stays text. Half of a block, as a stream has it, is shown as what it will be.
 */
import { memo } from "react";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import { blocksOf } from "./markdown/blocks.ts";
import type { Block } from "./markdown/blocks.ts";
import { inlineOf } from "./markdown/inline.ts";
import type { Inline } from "./markdown/inline.ts";

/** `depth` is for what is inside of quotes and lists. */
export function Markdown({ text, depth = 0 }: { readonly text: string; readonly depth?: number }) {
  return blocksOf(text, depth).map((block, index) => <BlockView key={index} block={block} depth={depth} />);
}

interface BlockProps {
  readonly block: Block;
  readonly depth: number;
}

/** While an answer grows, only its last block is rendered again: the others have the source that they had. */
const BlockView = memo(
  ({ block, depth }: BlockProps) => blockNode(block, depth),
  (before, after) => before.block.source === after.block.source,
);

function blockNode(block: Block, depth: number): ReactNode {
  switch (block.type) {
    case "heading": {
      const Heading = block.level <= 2 ? "h3" : "h4"; // below those of the page
      return <Heading>{inlineNodes(block.text)}</Heading>;
    }
    case "code":
      return (
        <div className="code">
          <div className="code-head">
            <span>{block.language || "text"}</span>
            <CopyButton text={block.text} label="Copy code" />
          </div>
          <pre tabIndex={0}>
            <code>{block.text}</code>
          </pre>
        </div>
      );
    case "quote":
      return (
        <blockquote>
          <Markdown text={block.text} depth={depth + 1} />
        </blockquote>
      );
    case "list": {
      const List = block.start === undefined ? "ul" : "ol";
      return (
        <List start={block.start}>
          {block.items.map((item, index) => (
            <li key={index}>
              <Markdown text={item} depth={depth + 1} />
            </li>
          ))}
        </List>
      );
    }
    case "rule":
      return <hr />;
    case "paragraph":
      return <p>{inlineNodes(block.text)}</p>;
  }
}

const inlineNodes = (text: string): ReactNode => inlineOf(text).map(inlineNode);

function inlineNode(part: Inline, key: number): ReactNode {
  switch (part.type) {
    case "text":
      return part.text;
    case "code":
      return <code key={key}>{part.text}</code>;
    case "strong":
      return <strong key={key}>{inlineNodes(part.text)}</strong>;
    case "emphasis":
      return <em key={key}>{inlineNodes(part.text)}</em>;
    case "link":
      return (
        <a key={key} href={part.url} target="_blank" rel="noreferrer nofollow">
          {part.text}
        </a>
      );
  }
}
