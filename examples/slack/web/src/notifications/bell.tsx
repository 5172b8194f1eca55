import { Bell as BellIcon, BellOff, CheckCheck } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import type { Notification } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { Button } from "../parts/button.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { isFocusFree } from "../parts/focus-origin.ts";
import { shortTimeOf } from "../room/times.ts";
import { plainText } from "../text/parse.ts";
import { useWorkspace } from "../workspace.ts";
import "./bell.css";
import { badgeText } from "./notifications-state.ts";
import { useNotifications } from "./use-notifications.ts";

/** Who mentioned the user, wrote to them or invited them: how many are unread, and all of them in a list. */
export function Bell() {
  const { state, read, readAll, loadOlder } = useNotifications();
  const { openRoom, setDrawerOpen } = useWorkspace();
  const [open, setOpen] = useState(false);
  const { items, unread, cursor } = state;
  const go = (notification: Notification) => {
    setOpen(false);
    setDrawerOpen(false);
    if (!notification.read) void read(notification.id);
    openRoom(notification.roomId, notification.seq ?? undefined);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="bell"
          aria-label={unread === 0 ? "Notifications" : `Notifications, ${unread} unread`}
          data-testid="bell"
        >
          <BellIcon size={18} strokeWidth={1.9} aria-hidden="true" />
          {unread > 0 && (
            <span className="bell-count" aria-hidden="true" data-testid="bell-count">
              {badgeText(unread)}
            </span>
          )}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="bell-list"
          align="start"
          sideOffset={8}
          collisionPadding={8}
          aria-label="Notifications"
          // The bell takes the focus back, unless the room that was gone to has it.
          onCloseAutoFocus={(event) => !isFocusFree() && event.preventDefault()}
        >
          <header className="bell-head">
            <h2>Notifications</h2>
            {unread > 0 && (
              <Button size="small" look="quiet" data-testid="read-all" onClick={() => void readAll()}>
                <CheckCheck size={15} aria-hidden="true" />
                Mark all read
              </Button>
            )}
          </header>
          <div className="bell-scroll">
            {items.length === 0 ? (
              <EmptyState icon={BellOff} title="Nothing new">
                When somebody mentions you, writes to you or invites you, you will find it here.
              </EmptyState>
            ) : (
              <ul>
                {items.map((item) => (
                  <Item key={item.id} item={item} onOpen={() => go(item)} onRead={() => void read(item.id)} />
                ))}
              </ul>
            )}
            {cursor !== null && (
              <Button className="bell-more" size="small" look="quiet" onClick={() => void loadOlder()}>
                Show older ones
              </Button>
            )}
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface ItemProps {
  readonly item: Notification;
  readonly onOpen: () => void;
  readonly onRead: () => void;
}

function Item({ item, onOpen, onRead }: ItemProps) {
  const { id, actor, excerpt, at, read } = item;
  return (
    <li className="bell-item" data-read={read}>
      <button type="button" className="bell-open" data-testid={`notification-${id}`} data-read={read} onClick={onOpen}>
        <Avatar user={actor} size={32} />
        <span className="bell-words">
          <span className="bell-what">
            <strong>{actor.name}</strong> {whatOf(item)}
          </span>
          {excerpt !== "" && <span className="bell-excerpt">{plainText(excerpt)}</span>}
          <time className="bell-time" dateTime={at}>
            {shortTimeOf(at)}
          </time>
        </span>
      </button>
      {!read && (
        <button
          type="button"
          className="bell-read"
          aria-label="Mark as read"
          title="Mark as read"
          data-testid={`read-${id}`}
          onClick={onRead}
        />
      )}
    </li>
  );
}

function whatOf({ kind, roomName }: Notification): string {
  if (kind === "mention") return `mentioned you in #${roomName}`;
  if (kind === "invite") return `invited you to #${roomName}`;
  return "wrote to you";
}
