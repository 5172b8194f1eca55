import { Hash } from "lucide-react";
import { Button } from "../parts/button.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { useWorkspace } from "./context.ts";
import { DrawerButton } from "./drawer-button.tsx";
import "./no-room.css";

/** For somebody who is in no room at all. */
export function NoRoom() {
  const { rooms, openDialog } = useWorkspace();
  if (rooms.length > 0) return <RoomSkeleton />;
  return (
    <>
      <header className="no-room-head">
        <DrawerButton />
      </header>
      <div className="no-room-body">
        <EmptyState
          icon={Hash}
          title="Find your first channel"
          action={
            <Button look="primary" onClick={() => openDialog({ kind: "browse" })}>
              Browse channels
            </Button>
          }
        >
          Channels are where the team talks. Join one, or start your own.
        </EmptyState>
      </div>
    </>
  );
}

const LINES = ["38%", "71%", "54%", "82%", "46%", "63%"];

/** The room as it is going to look, before anything is known of it. */
export function RoomSkeleton() {
  return (
    <div className="room-skeleton" role="status" aria-label="Loading the conversation">
      <header className="no-room-head">
        <DrawerButton />
        <Skeleton width="8rem" height="1rem" />
      </header>
      <div className="room-skeleton-lines">
        {LINES.map((width) => (
          <div className="room-skeleton-message" key={width}>
            <Skeleton width="2.25rem" height="2.25rem" />
            <div>
              <Skeleton width="7rem" />
              <Skeleton width={width} />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
