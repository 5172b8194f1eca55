import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Room } from "@wingbeat/example-slack/contract";
import { labelOf, useWorkspace } from "../workspace.ts";
import { JumpToLatest, JumpToUnread } from "./jump-buttons.tsx";
import "./message-list.css";
import { MessageRow } from "./message-row.tsx";
import { NewsLine } from "./news-line.tsx";
import { OutgoingRow } from "./outgoing-row.tsx";
import { useOpenRoom, useRow } from "./room-context.ts";
import type { RoomState } from "./room-state.ts";
import { MessageSkeletons } from "./room-loading.tsx";
import { rowsOf } from "./rows.ts";
import { moveBetweenRows } from "./row-keys.ts";
import { StartOfConversation } from "./start-of-conversation.tsx";
import { useListPlace } from "./use-list-place.ts";

/** A message to be shown. */
export interface Jump {
  readonly seq: number;
}

export interface MessageListProps {
  readonly state: RoomState;
  readonly room: Room;
  readonly jump: Jump | null;
  readonly onJumped: () => void;
  /** Id of the message that is being edited. */
  readonly editing: number | null;
}

/** Milliseconds for which a message that was gone to stands out. */
const HIGHLIGHT_MS = 2_400;

/**
 * The messages that are held: a stretch of the history that moves with whoever reads (`room-state/window.ts`), so few that
 * all of them are in the page. So every row has its true height, and keeps its place when others come.
 */
export function MessageList({ state, room, jump, onJumped, editing }: MessageListProps) {
  const { store, actions, isJoined, jump: showMessage } = useOpenRoom();
  const { write } = useRow();
  const { openRoom } = useWorkspace();
  const rows = useMemo(
    () => rowsOf(state),
    [state.messages, state.outbox, state.unreadAfter, state.hasOlder, state.userId],
  );
  const unreadAt = rows.findIndex((row) => "message" in row && row.unreadLine);
  const { scroller, rowsBox, unreadAbove, show, toEnd } = useListPlace(unreadAt);

  // The messages of another place are there: that of the message that is asked for, or the end.
  const done = useRef<Jump | null>(null);
  const generation = useRef(state.generation);
  useLayoutEffect(() => {
    if (generation.current === state.generation) return;
    generation.current = state.generation;
    if (jump === null || jump === done.current) toEnd();
  }, [state.generation, jump, toEnd]);
  // To the message that is asked for: here, or after its part of the history has come.
  const [highlighted, setHighlighted] = useState<number | null>(null);
  const wanted = jump === null ? -1 : rows.findIndex((row) => "message" in row && row.message.seq === jump.seq);
  useLayoutEffect(() => {
    if (jump === null || jump === done.current) return;
    if (!show(wanted, "middle")) {
      if (isJoined) void actions.load({ kind: "around", seq: jump.seq });
      return;
    }
    done.current = jump;
    setHighlighted(jump.seq);
    onJumped();
  }, [jump, wanted, isJoined, actions, show, onJumped]);
  useEffect(() => {
    if (highlighted === null) return undefined;
    const timer = setTimeout(() => setHighlighted(null), HIGHLIGHT_MS);
    return () => clearTimeout(timer);
  }, [highlighted]);

  // Whoever writes wants to see it.
  const lastOutgoing = state.outbox.at(-1)?.clientId;
  const toLatest = () => {
    if (isJoined && store.state.hasNewer) void actions.load({ kind: "latest" });
    else toEnd();
  };
  useEffect(() => {
    if (lastOutgoing !== undefined) toLatest();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each message that is written
  }, [lastOutgoing]);

  const isBeyond = unreadAt === -1 && state.unreadAfter !== null;
  const toUnread = () => {
    if (!show(unreadAt, "top")) showMessage((state.unreadAfter ?? 0) + 1);
  };

  return (
    // A click on a room's name in a message stays on this page. The name is a link, so keys reach it as well.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div
      className="message-list"
      data-testid="message-list"
      onClick={(event) => {
        const link = (event.target as Element).closest<HTMLElement>("[data-room]");
        if (link === null || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        openRoom(Number(link.dataset["room"]));
      }}
      onKeyDown={(event) => moveBetweenRows(event, write)}
    >
      <div
        ref={scroller}
        className="message-scroller"
        data-testid="message-scroller"
        role="region"
        aria-label={`Messages in ${labelOf(room)}`}
        tabIndex={0}
      >
        <div className="message-scroller-content">
          {state.hasOlder ? <OlderMessages /> : <StartOfConversation room={room} />}
          <div ref={rowsBox}>
            {rows.map((row) => (
              <div key={row.key}>
                {"message" in row ? (
                  <MessageRow
                    message={row.message}
                    day={row.day}
                    continued={row.continued}
                    unreadLine={row.unreadLine}
                    highlighted={row.message.seq === highlighted}
                    editing={row.message.id === editing}
                  />
                ) : (
                  <OutgoingRow outgoing={row.outgoing} day={row.day} continued={row.continued} />
                )}
              </div>
            ))}
          </div>
        </div>
      </div>
      {(unreadAbove || isBeyond) && <JumpToUnread onClick={toUnread} />}
      {(!state.following || state.hasNewer) && rows.length > 0 && (
        <JumpToLatest fresh={state.fresh} onClick={toLatest} />
      )}
      <NewsLine state={state} />
    </div>
  );
}

const OlderMessages = () => (
  <div className="message-list-older" role="status" aria-label="Loading older messages">
    <MessageSkeletons count={3} />
  </div>
);
