import { useId, useLayoutEffect, useRef, useState } from "react";
import type { OwnMessage } from "@wingbeat/example-slack/contract";
import { Button } from "../parts/button.tsx";
import "./edit-form.css";
import { fitHeight } from "./fit-height.ts";
import { isTouch } from "./is-touch.ts";
import { isTooLong, MessageLength } from "./message-length.tsx";
import { useRow } from "./room-context.ts";

/** In place of the message's text. */
export function EditForm({ message }: { readonly message: OwnMessage }) {
  const { actions, edit } = useRow();
  const [body, setBody] = useState(message.body);
  const [busy, setBusy] = useState(false);
  const lengthId = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(message.body.length, message.body.length);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- when the editing begins
  }, []);
  useLayoutEffect(() => fitHeight(area.current), [body]);
  const save = async () => {
    const text = body.trim();
    if (isTooLong(text)) return;
    if (text === "" || text === message.body) return edit(null);
    setBusy(true);
    if (await actions.edit(message.id, text)) edit(null);
    else setBusy(false);
  };
  return (
    <form
      className="edit-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={area}
        className="edit-form-text"
        aria-label="Edit the message"
        data-testid={`edit-${message.id}`}
        rows={1}
        aria-invalid={isTooLong(body) || undefined}
        aria-describedby={lengthId}
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") edit(null);
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || isTouch()) return;
          event.preventDefault();
          void save();
        }}
      />
      <div className="edit-form-buttons">
        <MessageLength id={lengthId} text={body}>
          <span className="edit-form-hint">
            <kbd>Esc</kbd> cancels, <kbd>Enter</kbd> saves
          </span>
        </MessageLength>
        <Button size="small" onClick={() => edit(null)}>
          Cancel
        </Button>
        <Button
          size="small"
          look="primary"
          type="submit"
          busy={busy}
          disabled={isTooLong(body)}
          data-testid={`save-${message.id}`}
        >
          Save
        </Button>
      </div>
    </form>
  );
}
