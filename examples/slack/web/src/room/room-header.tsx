import { AtSign, EllipsisVertical, Hash, Image, Lock, Pin, Search, Settings, Star, Users } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { Room } from "@wingbeat/example-slack/contract";
import { IconButton } from "../parts/icon-button.tsx";
import { Menu, MenuItem, MenuLine } from "../parts/menu.tsx";
import { StatusDot } from "../presence/status-dot.tsx";
import { DrawerButton, useWorkspace } from "../workspace.ts";
import type { PanelKind } from "../workspace.ts";
import { useOpenRoom } from "./room-context.ts";
import "./room-header.css";

/** The panels in the order of their buttons. `wide`: on a narrow page they are in a menu. */
const PANELS: readonly {
  readonly kind: PanelKind;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly wide?: true;
}[] = [
  { kind: "pinned", label: "Pinned messages", icon: Pin, wide: true },
  { kind: "starred", label: "Starred messages", icon: Star, wide: true },
  { kind: "mentions", label: "Mentions of you", icon: AtSign, wide: true },
  { kind: "files", label: "Files", icon: Image, wide: true },
  { kind: "search", label: "Search messages", icon: Search },
  { kind: "settings", label: "Settings", icon: Settings, wide: true },
];

/** What the room is, and the way to everything beside it. */
export function RoomHeader({ room }: { readonly room: Room }) {
  const { state } = useOpenRoom();
  const { panel, openPanel, openProfile } = useWorkspace();
  const { peer } = room;
  const star = useStar(room.id);
  return (
    <header className="room-header">
      <DrawerButton />
      <div className="room-header-names">
        <h1 className="room-header-title" data-testid="room-title">
          {peer === null ? (
            <>
              <RoomIcon room={room} />
              <span className="truncate">{room.name}</span>
            </>
          ) : (
            <button type="button" className="room-header-peer" onClick={() => openProfile(peer)}>
              <StatusDot user={peer} />
              <span className="truncate">{peer.name}</span>
            </button>
          )}
        </h1>
        {star !== null && (
          <IconButton
            className={star.starred ? "room-header-star room-header-starred" : "room-header-star"}
            icon={Star}
            size="small"
            side="bottom"
            label={star.label}
            aria-pressed={star.starred}
            data-testid="star-room"
            onClick={star.toggle}
          />
        )}
        {room.archived && <span className="room-header-tag">Archived</span>}
        {room.readOnly && !room.archived && <span className="room-header-tag">Read only</span>}
        <p className="room-header-topic truncate" data-testid="room-topic" title={room.topic}>
          {room.topic}
        </p>
      </div>
      <nav className="room-header-panels" aria-label="Panels">
        {room.kind !== "direct" && (
          <button
            type="button"
            className="room-header-members"
            aria-label={`Members: ${state.members.length}`}
            aria-expanded={panel?.kind === "members"}
            data-testid="open-members"
            onClick={() => openPanel("members")}
          >
            <Users size={16} aria-hidden="true" />
            {state.members.length}
          </button>
        )}
        {PANELS.map(({ kind, label, icon, wide }) => (
          <IconButton
            key={kind}
            className={wide ? "room-header-wide" : undefined}
            icon={icon}
            label={label}
            side="bottom"
            aria-expanded={panel?.kind === kind}
            data-testid={`open-${kind}`}
            onClick={() => openPanel(kind)}
          />
        ))}
        <Menu
          label="More panels"
          align="end"
          trigger={
            <IconButton className="room-header-more" icon={EllipsisVertical} label="More" data-testid="open-more" />
          }
        >
          {star !== null && (
            <>
              <MenuItem icon={Star} testId="more-star" onSelect={star.toggle}>
                {star.label}
              </MenuItem>
              <MenuLine />
            </>
          )}
          {PANELS.filter(({ wide }) => wide).map(({ kind, label, icon }) => (
            <MenuItem key={kind} icon={icon} testId={`more-${kind}`} onSelect={() => openPanel(kind)}>
              {label}
            </MenuItem>
          ))}
        </Menu>
      </nav>
    </header>
  );
}

export function RoomIcon({ room, size = 17 }: { readonly room: Pick<Room, "kind">; readonly size?: number }) {
  const Icon = room.kind === "private" ? Lock : Hash;
  return (
    <Icon
      className="room-icon"
      size={size}
      strokeWidth={2.1}
      role="img"
      aria-label={room.kind === "private" ? "Private" : "Channel"}
    />
  );
}

/** The user's star on a room; null for one that they are not in. */
function useStar(roomId: number) {
  const { rooms, actions, attempt } = useWorkspace();
  const summary = rooms.find(({ id }) => id === roomId);
  if (summary === undefined) return null;
  const { starred } = summary;
  return {
    starred,
    label: starred ? "Take off the starred ones" : "Star this conversation",
    toggle: () => void attempt(() => actions.setRoomPrefs(roomId, { starred: !starred })),
  };
}
