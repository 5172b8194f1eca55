import type { Member } from "@wingbeat/example-slack/contract";
import type { Typing } from "./room-channel.ts";
import { typingText } from "./typing-text.ts";
import "./typing-line.css";

interface TypingLineProps {
  readonly typing: Typing["values"];
  readonly members: readonly Member[];
}

/**
 * Always as high, so that nothing moves when somebody begins to type. No live region: that people write is said when they
 * have written.
 */
export function TypingLine({ typing, members }: TypingLineProps) {
  const text = typingText([...typing.keys()].flatMap((id) => nameOf(members, id) ?? []));
  return (
    <p className="typing-line" data-testid="typing-line">
      {text !== "" && (
        <>
          <span className="typing-line-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span className="truncate">{text}</span>
        </>
      )}
    </p>
  );
}

/** Undefined for somebody who has left the room just now. */
const nameOf = (members: readonly Member[], id: number) => members.find(({ user }) => user.id === id)?.user.username;
