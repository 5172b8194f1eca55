import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Virtuoso } from "react-virtuoso";
import type { Components, IndexLocationWithAlign, ListRange, VirtuosoHandle } from "react-virtuoso";
import type { Room } from "@wingbeat/example-slack/contract";
import { labelOf, useWorkspace } from "../workspace.ts";
import { JumpToLatest, JumpToUnread } from "./jump-buttons.tsx";
import { keepAtEnd, SETTLE_MS } from "./list-end.ts";
import type { ListEnd } from "./list-end.ts";
import "./message-list.css";
import { MessageRow } from "./message-row.tsx";
import { NewsLine } from "./news-line.tsx";
import { OutgoingRow } from "./outgoing-row.tsx";
import { useOpenRoom, useRow } from "./room-context.ts";
import type { RoomState } from "./room-state.ts";
import { MessageSkeletons } from "./room-loading.tsx";
import { rowsOf } from "./rows.ts";
import type { Row } from "./rows.ts";
import { moveBetweenRows } from "./row-keys.ts";
import { StartOfConversation } from "./start-of-conversation.tsx";

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

interface ListContext {
  readonly state: RoomState;
  readonly room: Room;
}

/** Pixels of a row with one line of text: what the list takes rows for that it has not measured. */
const ROW_HEIGHT = 54;
/** Older messages are asked for when so few rows are left above. More would ask while the list is still finding its end. */
const ROWS_AHEAD = 3;
/** Milliseconds for which a message that was gone to stands out. */
const HIGHLIGHT_MS = 2_400;

/** The messages, as many as fit on screen and a little more; keeps to the end while the end is on screen. */
export function MessageList({ state, room, jump, onJumped, editing }: MessageListProps) {
  const { store, actions, isJoined, jump: showMessage } = useOpenRoom();
  const { write } = useRow();
  const { openRoom } = useWorkspace();
  const list = useRef<VirtuosoHandle>(null);
  const end = useRef<ListEnd>(null);
  const rows = useMemo(
    () => rowsOf(state),
    [state.messages, state.outbox, state.unreadAfter, state.gapAfter, state.hasOlder, state.userId],
  );
  const unreadAt = rows.findIndex((row) => "message" in row && row.unreadLine);
  const [unreadAbove, setUnreadAbove] = useState(false);
  const [highlighted, setHighlighted] = useState<number | null>(null);
  const indexOf = (seq: number) => rows.findIndex((row) => "message" in row && row.message.seq === seq);

  // To the message that is asked for: here, or after its part of the history has come.
  const done = useRef<Jump | null>(null);
  const wanted = jump === null ? -1 : indexOf(jump.seq);
  useEffect(() => {
    if (jump === null || jump === done.current) return;
    if (wanted === -1) return void actions.load({ kind: "around", seq: jump.seq });
    done.current = jump;
    setHighlighted(jump.seq);
    end.current?.leave();
    list.current?.scrollToIndex({ index: wanted, align: "center" });
    setTimeout(() => list.current !== null && onJumped(), SETTLE_MS);
  }, [jump, wanted, actions, onJumped]);
  // Where a list begins is read more than once, and must not change with the next rendering.
  const begin = useMemo(
    () => {
      const atEnd = wanted === -1 || jump === done.current;
      const place: IndexLocationWithAlign = atEnd
        ? { index: "LAST", align: "end" }
        : { index: wanted, align: "center" };
      return { atEnd, place };
    },
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each list
    [state.generation],
  );
  const keepEnd = useCallback(
    (scroller: HTMLElement | Window | null) => {
      end.current?.stop();
      end.current = null;
      if (!(scroller instanceof HTMLElement)) return;
      end.current = keepAtEnd({
        scroller,
        beginsThere: begin.atEnd,
        isNewest: () => !store.state.hasNewer,
        tell: (following) => store.dispatch({ type: "following", following }),
      });
    },
    [store, begin],
  );
  useEffect(() => {
    if (highlighted === null) return undefined;
    const timer = setTimeout(() => setHighlighted(null), HIGHLIGHT_MS);
    return () => clearTimeout(timer);
  }, [highlighted]);

  // Whoever writes wants to see it.
  const lastOutgoing = state.outbox.at(-1)?.clientId;
  const toLatest = () => {
    if (store.state.hasNewer) void actions.load({ kind: "latest" });
    else end.current?.go();
  };
  useEffect(() => {
    if (lastOutgoing !== undefined) toLatest();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each message that is written
  }, [lastOutgoing]);

  const first = state.messages[0]?.seq;
  const last = state.messages.at(-1)?.seq;
  const loadOlder = () => {
    if (isJoined && state.hasOlder && first !== undefined) void actions.load({ kind: "older", before: first });
  };
  const loadNewer = () => {
    if (isJoined && state.hasNewer && last !== undefined) void actions.load({ kind: "newer", after: last });
  };
  const seen = ({ startIndex }: ListRange) => {
    setUnreadAbove(unreadAt !== -1 && startIndex - state.firstIndex > unreadAt);
    if (startIndex <= state.firstIndex + ROWS_AHEAD) loadOlder();
  };
  const isBeyond = unreadAt === -1 && state.unreadAfter !== null;
  const toUnread = () => {
    if (unreadAt === -1) return showMessage((state.unreadAfter ?? 0) + 1);
    end.current?.leave();
    return list.current?.scrollToIndex({ index: unreadAt, align: "start", offset: -40 });
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
      <Virtuoso<Row, ListContext>
        key={state.generation}
        ref={list}
        scrollerRef={keepEnd}
        aria-label={`Messages in ${labelOf(room)}`}
        data={rows}
        context={{ state, room }}
        firstItemIndex={state.firstIndex}
        initialTopMostItemIndex={begin.place}
        alignToBottom
        defaultItemHeight={ROW_HEIGHT}
        increaseViewportBy={{ top: 400, bottom: 200 }}
        startReached={loadOlder}
        endReached={loadNewer}
        rangeChanged={seen}
        computeItemKey={(_, row) => row.key}
        itemContent={(_, row) =>
          "message" in row ? (
            <MessageRow
              message={row.message}
              day={row.day}
              continued={row.continued}
              unreadLine={row.unreadLine}
              gapAbove={row.gapAbove}
              highlighted={row.message.seq === highlighted}
              editing={row.message.id === editing}
            />
          ) : (
            <OutgoingRow outgoing={row.outgoing} day={row.day} continued={row.continued} />
          )
        }
        components={COMPONENTS}
      />
      {(unreadAbove || isBeyond) && <JumpToUnread onClick={toUnread} />}
      {(!state.following || state.hasNewer) && rows.length > 0 && (
        <JumpToLatest fresh={state.fresh} onClick={toLatest} />
      )}
      <NewsLine state={state} />
    </div>
  );
}

/** Outside of the component, so that they are the same ones in every rendering. */
const COMPONENTS: Components<Row, ListContext> = {
  Header: ({ context }) =>
    context === undefined ? null : context.state.hasOlder ? (
      <div className="message-list-older" role="status" aria-label="Loading older messages">
        <MessageSkeletons count={3} />
      </div>
    ) : (
      <StartOfConversation room={context.room} />
    ),
  Footer: () => <div className="message-list-end" />,
};
