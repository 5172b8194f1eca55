import { useEffect, useRef, useState } from "react";
import { newId } from "./chat-id.ts";
import { SendIcon, StopIcon } from "./icons.tsx";
import { sentence } from "./realtime.ts";

interface ComposerProps {
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  readonly isWriting: boolean;
  /** Rejects when the server has not taken it. */
  readonly onAsk: (ask: { readonly id: string; readonly text: string }) => Promise<unknown>;
  readonly onStop: () => Promise<unknown>;
}

export function Composer({ draft, onDraft, isWriting, onAsk, onStop }: ComposerProps) {
  const [error, setError] = useState("");
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  /** The same text has the same id until the server has it, so that a second attempt is no second prompt. */
  const sent = useRef({ id: "", text: "" });

  useEffect(() => field.current?.focus(), []);

  async function ask() {
    const text = draft.trim();
    if (text === "" || isWriting || isSending) return;
    if (sent.current.text !== text) sent.current = { id: newId(), text };
    setSending(true);
    try {
      await onAsk(sent.current);
      sent.current = { id: "", text: "" };
      onDraft("");
      setError("");
    } catch (reason) {
      setError(sentence(reason));
    } finally {
      setSending(false);
    }
  }

  const stop = () => void onStop().catch((reason: unknown) => setError(sentence(reason)));

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && isWriting) stop();
      }}
    >
      <label className="hidden" htmlFor="prompt">
        Prompt
      </label>
      <div className="field">
        <textarea
          id="prompt"
          ref={field}
          rows={1}
          value={draft}
          placeholder="Ask something"
          aria-describedby="prompt-error"
          aria-invalid={error !== ""}
          onChange={(event) => onDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void ask();
          }}
        />
        {isWriting ? (
          <button type="button" className="round" onClick={stop} aria-label="Stop" title="Stop (Esc)">
            <StopIcon />
          </button>
        ) : (
          <button className="round" disabled={draft.trim() === "" || isSending} aria-label="Send" title="Send (Enter)">
            <SendIcon />
          </button>
        )}
      </div>
      <p className="problem" id="prompt-error" role="alert">
        {error}
      </p>
    </form>
  );
}
