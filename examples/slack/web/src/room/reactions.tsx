import { SmilePlus } from "lucide-react";
import type { OwnMessage } from "@wingbeat/example-slack/contract";
import { Tooltip } from "../parts/tooltip.tsx";
import { nameOfEmoji } from "../text/emoji.ts";
import { EmojiPicker } from "./emoji-picker.tsx";
import { namesOf } from "./reactions-of.ts";
import "./reactions.css";
import { useRow } from "./room-context.ts";

/** Below a message: each emoji with how many have put it there. */
export function Reactions({ message }: { readonly message: OwnMessage }) {
  const { userId, nameOf, actions, canPost } = useRow();
  if (message.reactions.length === 0) return null;
  return (
    <div className="reactions">
      {message.reactions.map(({ emoji, userIds }) => {
        const isOwn = userIds.includes(userId);
        const who = `${namesOf(userIds, userId, nameOf)} reacted with ${nameOfEmoji(emoji)}`;
        return (
          <Tooltip key={emoji} label={who}>
            <button
              type="button"
              className="reaction"
              aria-pressed={isOwn}
              aria-label={`${userIds.length} ${nameOfEmoji(emoji)}: ${who}`}
              data-testid={`reaction-${message.id}-${emoji}`}
              data-own={isOwn}
              onClick={() => void actions.react(message, emoji)}
            >
              <span aria-hidden="true">{emoji}</span>
              <span className="reaction-count">{userIds.length}</span>
            </button>
          </Tooltip>
        );
      })}
      {canPost && (
        <EmojiPicker onPick={(emoji) => void actions.react(message, emoji)}>
          <button type="button" className="reaction reaction-add" aria-label="Add a reaction">
            <SmilePlus size={15} aria-hidden="true" />
          </button>
        </EmojiPicker>
      )}
    </div>
  );
}
