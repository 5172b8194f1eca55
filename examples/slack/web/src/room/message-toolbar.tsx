import { Ellipsis, Link2, Pencil, Pin, PinOff, Reply, SmilePlus, Star, Trash2 } from "lucide-react";
import { lazy, useState } from "react";
import type { OwnMessage } from "@wingbeat/example-slack/contract";
import { DialogBoundary } from "../parts/dialog-boundary.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { Menu, MenuItem, MenuLine } from "../parts/menu.tsx";
import { useToast } from "../parts/toasts.tsx";
import { nameOfEmoji, QUICK_EMOJI } from "../text/emoji.ts";
import { EmojiPicker } from "./emoji-picker.tsx";
import "./message-toolbar.css";
import { isTouch } from "./is-touch.ts";
import { useRow } from "./room-context.ts";

// Dialogs are no part of what is loaded first.
const ConfirmDelete = lazy(() => import("./confirm-delete.tsx").then((m) => ({ default: m.ConfirmDelete })));

export interface MessageToolbarProps {
  readonly message: OwnMessage;
  /** Something of it is open, so it has to stay. */
  readonly onOpenChange: (open: boolean) => void;
}

/** What can be done with a message, for a pointer or a focus on it. */
export function MessageToolbar({ message, onOpenChange }: MessageToolbarProps) {
  const { actions, canPost, reply, edit } = useRow();
  const { id, starred, isEditable } = message;
  return (
    <div className="message-toolbar" role="toolbar" aria-label="Message">
      {canPost && (
        <>
          {QUICK_EMOJI.map((emoji) => (
            <button
              key={emoji}
              type="button"
              className="message-toolbar-emoji"
              aria-label={`React with ${nameOfEmoji(emoji)}`}
              onClick={() => void actions.react(message, emoji)}
            >
              {emoji}
            </button>
          ))}
          <EmojiPicker onPick={(emoji) => void actions.react(message, emoji)} onOpenChange={onOpenChange}>
            <IconButton icon={SmilePlus} size="small" label="Add a reaction" data-testid={`msg-react-${id}`} />
          </EmojiPicker>
          <IconButton
            icon={Reply}
            size="small"
            label="Reply"
            data-testid={`msg-reply-${id}`}
            onClick={() => reply(message)}
          />
        </>
      )}
      <IconButton
        className={starred ? "message-toolbar-starred" : undefined}
        icon={Star}
        size="small"
        label={starred ? "Take the star away" : "Star for yourself"}
        aria-pressed={starred}
        data-testid={`msg-star-${id}`}
        onClick={() => void actions.star(id, !starred)}
      />
      {isEditable && (
        <IconButton icon={Pencil} size="small" label="Edit" data-testid={`msg-edit-${id}`} onClick={() => edit(id)} />
      )}
      <MoreMenu message={message} onOpenChange={onOpenChange} />
    </div>
  );
}

function MoreMenu({ message, onOpenChange }: MessageToolbarProps) {
  const { actions, may, userId, write } = useRow();
  const toast = useToast();
  const [deleting, setDeleting] = useState(false);
  const { id, pinned, roomId, seq, user } = message;
  const setOpen = (open: boolean) => onOpenChange(open || deleting);
  const copyLink = async () => {
    await navigator.clipboard.writeText(`${window.location.origin}/room/${roomId}?m=${seq}`);
    toast("The link to this message is copied.", { kind: "success" });
  };
  const closeDialog = () => {
    setDeleting(false);
    onOpenChange(false);
  };
  return (
    <>
      <Menu
        label="More for this message"
        align="end"
        onOpenChange={setOpen}
        trigger={<IconButton icon={Ellipsis} size="small" label="More" data-testid={`msg-menu-${id}`} />}
      >
        {may("pin-message") && (
          <MenuItem
            icon={pinned ? PinOff : Pin}
            testId={`msg-pin-${id}`}
            onSelect={() => void actions.pin(id, !pinned)}
          >
            {pinned ? "Unpin" : "Pin for everybody"}
          </MenuItem>
        )}
        <MenuItem icon={Link2} onSelect={() => void copyLink()}>
          Copy link
        </MenuItem>
        {(user.id === userId || may("delete-message")) && (
          <>
            <MenuLine />
            <MenuItem
              danger
              icon={Trash2}
              testId={`msg-delete-${id}`}
              onSelect={() => {
                setDeleting(true);
                // After the menu has said that it is closed.
                setTimeout(() => onOpenChange(true));
              }}
            >
              Delete
            </MenuItem>
          </>
        )}
      </Menu>
      {deleting && (
        <DialogBoundary onClose={closeDialog}>
          <ConfirmDelete
            message={message}
            onClose={closeDialog}
            onDelete={() => {
              closeDialog();
              // With the message its toolbar goes, and with that the focus.
              void actions.remove(id).then((isGone) => isGone && !isTouch() && write());
            }}
          />
        </DialogBoundary>
      )}
    </>
  );
}
