import type { RoomSummary } from "@wingbeat/example-slack/contract";
import { Archive, Hash, Lock } from "lucide-react";
import { memo } from "react";
import { Link } from "wouter";
import { classNames } from "../parts/class-names.ts";
import { StatusDot } from "../presence/status-dot.tsx";
import { useWorkspace } from "../workspace/context.ts";
import { badgeOf, isBold } from "../workspace/rooms.ts";
import "./room-link.css";
import { useInSight } from "./use-in-sight.ts";

/** A room in the sidebar: bold with something to read, with a number when somebody speaks to the user. */
export function RoomLink({ room }: { readonly room: RoomSummary }) {
  const { currentRoomId, setDrawerOpen } = useWorkspace();
  return <LinkOf room={room} isCurrent={room.id === currentRoomId} onChosen={setDrawerOpen} />;
}

interface LinkProps {
  readonly room: RoomSummary;
  readonly isCurrent: boolean;
  readonly onChosen: (drawerOpen: false) => void;
}

const LinkOf = memo(function LinkOf({ room, isCurrent, onChosen }: LinkProps) {
  const { peer, name } = room;
  const badge = badgeOf(room);
  const bold = isBold(room);
  const link = useInSight<HTMLAnchorElement>(isCurrent);
  return (
    <Link
      ref={link}
      className={classNames("room-link", bold && "room-link-bold", room.notify === "none" && "room-link-muted")}
      href={`/room/${room.id}`}
      onClick={() => onChosen(false)}
      aria-current={isCurrent ? "page" : undefined}
      data-unread={bold}
      data-testid={peer === null ? `room-${name}` : `dm-${peer.username}`}
    >
      <span className="room-link-mark">{markOf(room)}</span>
      <span className="truncate">{name}</span>
      {bold && badge === 0 && <span className="visually-hidden">, unread</span>}
      {badge > 0 && (
        <span className="room-link-badge">
          <span data-testid={peer === null ? `badge-${name}` : `badge-dm-${peer.username}`}>
            {badge > 99 ? "99+" : badge}
          </span>
          <span className="visually-hidden"> unread</span>
        </span>
      )}
    </Link>
  );
});

function markOf({ peer, kind, archived }: RoomSummary) {
  if (peer !== null) return <StatusDot user={peer} />;
  const Icon = archived ? Archive : kind === "private" ? Lock : Hash;
  return (
    <>
      <Icon size={15} strokeWidth={2} aria-hidden="true" />
      {kind === "private" && <span className="visually-hidden">Private: </span>}
    </>
  );
}
