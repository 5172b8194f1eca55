import { useDeferredValue, useState } from "react";
import type { Message } from "../src/topics.ts";
import { CopyButton } from "./copy-button.tsx";
import { Markdown } from "./markdown.tsx";
import { closeInline } from "./markdown/inline.ts";
import { sentence } from "./realtime.ts";
import { useRun } from "./use-run.ts";

interface AnswerProps {
  readonly message: Message;
  readonly onEnded: (message: Message) => void;
  readonly onCaughtUp: (count: number) => void;
  readonly onReloaded: () => void;
  /** Absent when the answer is not the last one. */
  readonly onAgain: (() => Promise<unknown>) | undefined;
}

export function Answer({ message, onEnded, onCaughtUp, onReloaded, onAgain }: AnswerProps) {
  const isWriting = message.status === "writing";
  const live = useRun(isWriting ? message.id : undefined, {
    ended: onEnded,
    caughtUp: onCaughtUp,
    reloaded: onReloaded,
  });
  const text = isWriting ? (live ?? "") : message.text;
  const [error, setError] = useState("");

  return (
    <article className="answer" data-status={message.status} aria-busy={isWriting}>
      <h2 className="hidden">Answer</h2>
      {/* Many pieces may come at once: they are counted at once, and drawn when there is time. */}
      <div className="text">
        <Markdown text={useDeferredValue(isWriting ? closeInline(text) : text)} />
      </div>
      {!isWriting && (
        <footer>
          <p role="status">{OUTCOME[message.status]}</p>
          {message.error && <p className="problem">{message.error}</p>}
          <CopyButton text={text} label="Copy" />
          {onAgain && (
            <button
              type="button"
              className="quiet"
              onClick={() => onAgain().catch((reason: unknown) => setError(sentence(reason)))}
            >
              Answer again
            </button>
          )}
          {error && <p className="problem">{error}</p>}
        </footer>
      )}
    </article>
  );
}

const OUTCOME: Readonly<Record<Message["status"], string>> = { writing: "", done: "", stopped: "Stopped.", failed: "" };
