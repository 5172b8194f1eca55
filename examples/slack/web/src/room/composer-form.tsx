import { ArrowUp, ImagePlus, Smile, X } from "lucide-react";
import type { Ref } from "react";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { OwnMessage, Room } from "@wingbeat/example-slack/contract";
import { IconButton } from "../parts/icon-button.tsx";
import { plainText } from "../text/parse.ts";
import { labelOf, useWorkspace } from "../workspace.ts";
import { Autocomplete, optionId } from "./autocomplete.tsx";
import { commandIn, complete, isWhole } from "./completion.ts";
import { EmojiPicker } from "./emoji-picker.tsx";
import { fitHeight } from "./fit-height.ts";
import { isTouch } from "./is-touch.ts";
import { isTooLong, MessageLength } from "./message-length.tsx";
import { useOpenRoom } from "./room-context.ts";
import type { RoomState } from "./room-state.ts";
import { useSuggestions } from "./suggestions.tsx";
import type { Suggestion } from "./suggestions.tsx";
import { IMAGE_TYPES } from "./upload.ts";
import { UploadStrip } from "./upload-strip.tsx";
import { useComposerText } from "./use-composer-text.ts";
import { useFileDrop } from "./use-file-drop.ts";
import { useFocusFirst } from "./use-focus-first.ts";
import { useUploads } from "./use-uploads.ts";

export interface ComposerProps {
  readonly ref: Ref<HTMLTextAreaElement>;
  readonly room: Room;
  /** The message that the next one answers. */
  readonly replyTo: OwnMessage | null;
  readonly onReplyEnd: () => void;
  /** Arrow up in an empty composer: the id of the user's last message. */
  readonly onEditLast: (id: number) => void;
}

/** Enter sends; Shift and Enter make a new line. Keyboards on glass have no such keys: there is a button to send. */
export function ComposerForm({ ref, room, replyTo, onReplyEnd, onEditLast }: ComposerProps) {
  const { me } = useWorkspace();
  const { store, actions, typing } = useOpenRoom();
  const { text, completion, typed, moved, set, dismiss, caret } = useComposerText(me.user.id, room.id);
  const suggestions = useSuggestions(completion);
  const [active, setActive] = useState(0);
  const { uploads, add, drop, clear } = useUploads();
  const isDropping = useFileDrop(add);
  const area = useRef<HTMLTextAreaElement | null>(null);
  const files = useRef<HTMLInputElement>(null);
  const listId = useId();
  const lengthId = useId();
  const isOpen = completion !== undefined && suggestions.length > 0;
  const chosen = Math.min(active, suggestions.length - 1);

  useLayoutEffect(() => {
    fitHeight(area.current);
    if (caret.current === null) return;
    area.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text, caret]);

  useFocusFirst(area);

  // Not `onSelect`: React calls it amid the key that sends, when the text is still there.
  useEffect(() => {
    const changed = () => {
      if (area.current !== null && document.activeElement === area.current) moved(area.current);
    };
    document.addEventListener("selectionchange", changed);
    return () => document.removeEventListener("selectionchange", changed);
  }, [moved]);

  const attachments = uploads.flatMap(({ attachment }) => attachment ?? []);
  const isWaiting = attachments.length < uploads.length;
  const canSend = !isWaiting && !isTooLong(text) && (text.trim() !== "" || attachments.length > 0);
  const pick = ({ insert }: Suggestion) => {
    if (completion === undefined || area.current === null) return;
    const next = complete(text, area.current.selectionStart, completion, insert);
    set(next.text, next.caret);
    setActive(0);
  };
  const insertAtCaret = (char: string) => {
    const at = area.current?.selectionStart ?? text.length;
    set(text.slice(0, at) + char + text.slice(area.current?.selectionEnd ?? at), at + char.length);
    area.current?.focus();
  };
  const send = async () => {
    if (!canSend) return;
    const command = attachments.length === 0 ? commandIn(text) : undefined;
    if (command !== undefined) {
      set("");
      // What was refused can be put right.
      if (!(await actions.command(command.name, command.args))) set(text);
      return;
    }
    const quote = replyTo && {
      id: replyTo.id,
      seq: replyTo.seq,
      username: replyTo.user.username,
      excerpt: replyTo.body.slice(0, 140),
    };
    actions.send({ body: text.trim(), replyTo: quote, attachments });
    typing.clear();
    set("");
    clear();
    onReplyEnd();
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (isOpen && inList(event, { count: suggestions.length, chosen, setActive, dismiss })) return;
    const suggestion = isOpen ? suggestions[chosen] : undefined;
    if (suggestion !== undefined && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey))) {
      event.preventDefault();
      if (event.key === "Enter" && completion !== undefined && isWhole(completion, suggestion.value)) void send();
      else pick(suggestion);
    } else if (event.key === "Enter" && !event.shiftKey && !isTouch()) {
      event.preventDefault();
      void send();
    } else if (event.key === "Escape" && replyTo !== null) {
      onReplyEnd();
    } else if (event.key === "ArrowUp" && text === "") {
      const last = lastOwn(store.state);
      if (last === undefined) return;
      event.preventDefault();
      onEditLast(last.id);
    }
  };

  return (
    <form
      className="composer"
      data-dropping={isDropping || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {isOpen && (
        <Autocomplete id={listId} suggestions={suggestions} active={chosen} onPick={pick} onActive={setActive} />
      )}
      <div className="composer-box">
        {replyTo !== null && (
          <div className="composer-reply" data-testid="reply-to">
            <span className="truncate">
              Reply to <strong>{replyTo.user.name}</strong>: {plainText(replyTo.body)}
            </span>
            <IconButton icon={X} size="small" label="Do not reply" onClick={onReplyEnd} />
          </div>
        )}
        {isDropping && <p className="composer-drop">Let go to add the images to your message</p>}
        <UploadStrip uploads={uploads} onDrop={drop} />
        <textarea
          ref={(element) => {
            area.current = element;
            if (typeof ref === "function") ref(element);
            else if (ref) ref.current = element;
          }}
          className="composer-text"
          data-testid="composer"
          aria-label={`Message ${labelOf(room)}`}
          placeholder={`Message ${labelOf(room)}`}
          rows={1}
          value={text}
          aria-invalid={isTooLong(text) || undefined}
          aria-describedby={lengthId}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={listId}
          aria-activedescendant={isOpen ? optionId(listId, chosen) : undefined}
          onChange={(event) => {
            typed(event.target);
            setActive(0);
            if (event.target.value !== "" && commandIn(event.target.value) === undefined) typing.set(true);
          }}
          onBlur={dismiss}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            add(event.clipboardData.files);
          }}
        />
        <div className="composer-tools">
          <input
            ref={files}
            type="file"
            hidden
            multiple
            accept={IMAGE_TYPES.join(",")}
            data-testid="attach-input"
            onChange={(event) => {
              add(event.target.files ?? []);
              event.target.value = "";
              // Enter would open the list of files again.
              area.current?.focus();
            }}
          />
          <IconButton
            icon={ImagePlus}
            label="Add an image"
            data-testid="attach"
            onClick={() => files.current?.click()}
          />
          <EmojiPicker onPick={insertAtCaret}>
            <IconButton icon={Smile} label="Emoji" data-testid="composer-emoji" />
          </EmojiPicker>
          <MessageLength id={lengthId} text={text}>
            <span className="composer-hint">
              <kbd>Shift</kbd> <kbd>Enter</kbd> for a new line
            </span>
          </MessageLength>
          <IconButton
            className="composer-send"
            icon={ArrowUp}
            label="Send"
            type="submit"
            disabled={!canSend}
            data-testid="send"
          />
        </div>
      </div>
    </form>
  );
}

interface ListKeys {
  readonly count: number;
  readonly chosen: number;
  readonly setActive: (index: number) => void;
  readonly dismiss: () => void;
}

/** The keys of the open list. True when it was one of them. */
function inList(event: React.KeyboardEvent, { count, chosen, setActive, dismiss }: ListKeys): boolean {
  if (event.key === "ArrowDown") setActive((chosen + 1) % count);
  else if (event.key === "ArrowUp") setActive((chosen - 1 + count) % count);
  else if (event.key === "Escape") dismiss();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

const lastOwn = ({ messages, userId }: RoomState) =>
  messages.findLast(({ user, isEditable, deleted }) => user.id === userId && isEditable && !deleted);
