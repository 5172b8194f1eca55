import { Plus, Search, SquarePen } from "lucide-react";
import { useMemo } from "react";
import { Bell } from "../notifications/bell.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { Logo } from "../parts/logo.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { useWorkspace } from "../workspace/context.ts";
import { sectionsOf } from "../workspace/rooms.ts";
import { commandKey } from "../workspace/shortcuts.ts";
import { MeMenu } from "./me-menu.tsx";
import { Section } from "./section.tsx";
import "./sidebar.css";

/** Everything that the user can go to. */
export function Sidebar() {
  const { rooms, currentRoomId, ready, me, openDialog } = useWorkspace();
  const { starred, channels, directs } = useMemo(() => sectionsOf(rooms, currentRoomId), [rooms, currentRoomId]);
  const mayCreate = me.permissions.includes("create-public") || me.permissions.includes("create-private");
  return (
    <nav className="sidebar" aria-label="Channels and conversations" data-testid="sidebar">
      <header className="sidebar-head">
        <Logo />
        <span className="sidebar-brand">Roost</span>
        {ready && <Bell />}
        <IconButton
          className="sidebar-button"
          icon={SquarePen}
          label="New message"
          side="bottom"
          onClick={() => openDialog({ kind: "new-message" })}
        />
      </header>
      <button
        className="sidebar-search"
        type="button"
        data-testid="open-switcher"
        onClick={() => openDialog({ kind: "switcher" })}
      >
        <Search size={15} aria-hidden="true" />
        <span>Search or jump to…</span>
        <kbd aria-hidden="true">{commandKey()} K</kbd>
      </button>
      <div className="sidebar-scroll">
        {ready ? (
          <>
            {starred.length > 0 && <Section title="Starred" rooms={starred} />}
            <Section
              title="Channels"
              rooms={channels}
              action={
                mayCreate && (
                  <IconButton
                    className="sidebar-button"
                    icon={Plus}
                    size="small"
                    label="Create a channel"
                    side="right"
                    data-testid="create-channel"
                    onClick={() => openDialog({ kind: "create" })}
                  />
                )
              }
              more={{ text: "Browse channels", testId: "browse-channels", run: () => openDialog({ kind: "browse" }) }}
            />
            <Section
              title="Direct messages"
              rooms={directs}
              action={
                <IconButton
                  className="sidebar-button"
                  icon={Plus}
                  size="small"
                  label="Write to somebody"
                  side="right"
                  data-testid="new-message"
                  onClick={() => openDialog({ kind: "new-message" })}
                />
              }
              {...(directs.length === 0
                ? { more: { text: "Write to somebody", run: () => openDialog({ kind: "new-message" }) } }
                : {})}
            />
          </>
        ) : (
          <SidebarSkeleton />
        )}
      </div>
      <MeMenu />
    </nav>
  );
}

const WIDTHS = ["52%", "38%", "61%", "45%", "70%", "56%"];

const SidebarSkeleton = () => (
  <div className="sidebar-skeleton" role="status" aria-label="Loading channels">
    {WIDTHS.map((width) => (
      <Skeleton key={width} width={width} />
    ))}
  </div>
);
