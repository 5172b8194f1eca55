import { useCallback, useEffect, useRef, useState } from "react";
import { completionAt } from "./completion.ts";
import type { Completion } from "./completion.ts";
import { draftOf, keepDraft } from "./drafts.ts";

export interface ComposerText {
  readonly text: string;
  /** What is being typed at the caret and can be completed. */
  readonly completion: Completion | undefined;
  readonly typed: (area: HTMLTextAreaElement) => void;
  /** The caret is somewhere else. */
  readonly moved: (area: HTMLTextAreaElement) => void;
  readonly set: (text: string, caret?: number) => void;
  readonly dismiss: () => void;
  /** Where the caret has to go after a change that nobody typed. */
  readonly caret: { current: number | null };
}

/** The text of the composer, kept as a draft, with what can be completed in it. */
export function useComposerText(userId: number, roomId: number): ComposerText {
  const [text, setText] = useState(() => draftOf(userId, roomId));
  const [completion, setCompletion] = useState<Completion | undefined>();
  const caret = useRef<number | null>(null);
  useEffect(() => keepDraft(userId, roomId, text), [userId, roomId, text]);
  const moved = useCallback((area: HTMLTextAreaElement) => {
    const isPoint = area.selectionStart === area.selectionEnd;
    setCompletion(isPoint ? completionAt(area.value, area.selectionStart) : undefined);
  }, []);
  const typed = useCallback(
    (area: HTMLTextAreaElement) => {
      setText(area.value);
      moved(area);
    },
    [moved],
  );
  const set = useCallback((next: string, at = next.length) => {
    setText(next);
    setCompletion(undefined);
    caret.current = at;
  }, []);
  const dismiss = useCallback(() => setCompletion(undefined), []);
  return { text, completion, typed, moved, set, dismiss, caret };
}
