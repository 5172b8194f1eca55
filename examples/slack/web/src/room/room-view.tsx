import { useCallback, useMemo, useRef, useState } from "react";
import { DoorClosed } from "lucide-react";
import { useLocation, useSearch } from "wouter";
import type { OwnMessage, Permission } from "@wingbeat/example-slack/contract";
import { RoomPanel } from "../panels/room-panel.tsx";
import { ErrorBoundary } from "../parts/error-boundary.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import type { Names } from "../text/markup.tsx";
import { sentenceOf } from "../refusal.ts";
import { DrawerButton, useWorkspace } from "../workspace.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import type { Jump } from "./message-list.tsx";
import { NoticeLine } from "./notice-line.tsx";
import { RoomContext, RowContext } from "./room-context.ts";
import type { RoomContextValue, RowContextValue } from "./room-context.ts";
import { RoomHeader } from "./room-header.tsx";
import { RoomLoading } from "./room-loading.tsx";
import "./room-view.css";
import { TypingLine } from "./typing-line.tsx";
import { UnsentRooms } from "./unsent-rooms.tsx";
import { useFocusBack } from "./use-focus-back.ts";
import { useRoom } from "./use-room.ts";

export interface RoomViewProps {
  readonly roomId: number;
  /** Seq of a message to show. Default: what `?m=` of the address says. */
  readonly jumpTo?: number | undefined;
}

/** A room: its messages, what is written next, and a panel beside them. */
export function RoomView({ roomId, jumpTo }: RoomViewProps) {
  const search = useSearch();
  const asked = jumpTo ?? Number(new URLSearchParams(search).get("m") ?? NaN);
  return (
    // What is broken in one room leaves the way to the others open.
    <ErrorBoundary key={roomId} title="This conversation cannot be shown">
      <RoomOnScreen roomId={roomId} jumpTo={Number.isSafeInteger(asked) ? asked : undefined} />
    </ErrorBoundary>
  );
}

function RoomOnScreen({ roomId, jumpTo }: RoomViewProps) {
  const open = useRoom(roomId);
  const { panel, me } = useWorkspace();
  useFocusBack(panel !== null);
  const [jump, showMessage] = useJump(jumpTo);
  const [location, navigate] = useLocation();
  // So that the same address can be gone to again.
  const forgetJump = useCallback(() => {
    if (jumpTo !== undefined) navigate(location, { replace: true });
  }, [jumpTo, location, navigate]);
  const [editing, setEditing] = useState<number | null>(null);
  const [replyTo, setReplyTo] = useState<OwnMessage | null>(null);
  const composer = useRef<HTMLTextAreaElement>(null);
  const reply = useCallback((message: OwnMessage) => {
    setReplyTo(message);
    composer.current?.focus();
  }, []);
  const write = useCallback(() => composer.current?.focus(), []);
  const edit = useCallback(
    (id: number | null) => {
      setEditing(id);
      if (id === null) write();
    },
    [write],
  );
  const row = useRowContext(open, { jump: showMessage, reply, edit, write });
  const room = useMemo<RoomContextValue>(
    () => ({ ...open, roomId, jump: showMessage }),
    [open.state, open.store, open.actions, open.typing, open.isJoined, open.isOver, open.error, roomId, showMessage],
  );
  const { state, error, isOver } = open;
  if (isOver) return <ClosedRoom message="You may not read it any more." />;
  if (state.room === null && error?.reason === "refused") return <ClosedRoom message={sentenceOf(error)} />;
  return (
    <RoomContext value={room}>
      <RowContext value={row}>
        <div className="room">
          <section className="room-main" aria-label="Conversation">
            {state.room === null ? (
              <RoomLoading />
            ) : (
              <>
                <RoomHeader room={state.room} />
                <MessageList state={state} room={state.room} jump={jump} onJumped={forgetJump} editing={editing} />
                <NoticeLine text={state.notice} onClose={open.actions.closeNotice} />
                <Composer
                  ref={composer}
                  room={state.room}
                  replyTo={replyTo}
                  onReplyEnd={() => setReplyTo(null)}
                  onEditLast={setEditing}
                />
                <TypingLine typing={open.typing.values} members={state.members} />
              </>
            )}
          </section>
          {panel !== null && state.room !== null && <RoomPanel panel={panel} />}
        </div>
        <UnsentRooms userId={me.user.id} currentRoomId={roomId} />
      </RowContext>
    </RoomContext>
  );
}

/** Where to go in the list; another object for each wish, so that the same message can be gone to again. */
function useJump(asked: number | undefined): [Jump | null, (seq: number) => void] {
  const [jump, setJump] = useState<Jump | null>(asked === undefined ? null : { seq: asked });
  const [known, setKnown] = useState(asked);
  if (asked !== known) {
    setKnown(asked);
    if (asked !== undefined) setJump({ seq: asked });
  }
  return [jump, useCallback((seq: number) => setJump({ seq }), [])];
}

/** Changes only when something changes that rows show. */
function useRowContext(
  { state, actions }: ReturnType<typeof useRoom>,
  { jump, reply, edit, write }: Pick<RowContextValue, "jump" | "reply" | "edit" | "write">,
): RowContextValue {
  const { me, rooms } = useWorkspace();
  const roomNames = rooms.map(({ id, kind, name }) => (kind === "direct" ? "" : `${name} ${id}`)).join("\n");
  const names = useMemo<Names>(
    () => ({
      me: me.user.username,
      roomIds: new Map(roomNames.split("\n").map((line) => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])])),
    }),
    [me.user.username, roomNames],
  );
  const { members } = state;
  const permissions = state.me?.permissions;
  const canPost = state.me?.post ?? false;
  return useMemo(
    () => ({
      userId: state.userId,
      names,
      actions,
      may: (permission: Permission) => permissions?.includes(permission) ?? false,
      canPost,
      nameOf: (userId: number) => members.find(({ user }) => user.id === userId)?.user.name,
      jump,
      reply,
      edit,
      write,
    }),
    [state.userId, names, actions, permissions, canPost, members, jump, reply, edit, write],
  );
}

function ClosedRoom({ message }: { readonly message: string }) {
  return (
    <div className="room-closed">
      <header className="room-closed-head">
        <DrawerButton />
      </header>
      <EmptyState icon={DoorClosed} title="You cannot see this conversation">
        {message}
      </EmptyState>
    </div>
  );
}
