import type { Typist } from "./room-state.ts";
import { typingText } from "./room-state/typing.ts";
import "./typing-line.css";

/**
 * Always as high, so that nothing moves when somebody begins to type. No live region: that people write is said when they
 * have written.
 */
export function TypingLine({ typing }: { readonly typing: readonly Typist[] }) {
  const text = typingText(typing.map(({ username }) => username));
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
