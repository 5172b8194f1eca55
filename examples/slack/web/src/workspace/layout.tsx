import { RoomView } from "../room/room-view.tsx";
import { Sidebar } from "../sidebar/sidebar.tsx";
import { AnnouncementBanner, BanBanner } from "./banners.tsx";
import { ConnectionStrip } from "./connection-strip.tsx";
import { useWorkspace } from "./context.ts";
import { DialogHost } from "./dialog-host.tsx";
import { Drawer } from "./drawer.tsx";
import "./layout.css";
import { NoRoom, RoomSkeleton } from "./no-room.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

/** The sidebar, the room, and what lies above them. */
export function Layout() {
  const { ready, currentRoomId, announcement, me } = useWorkspace();
  useShortcuts();
  return (
    <div className="layout">
      <a className="layout-skip" href="#room">
        Skip to the conversation
      </a>
      <ConnectionStrip />
      {me.banned !== null && <BanBanner reason={me.banned} />}
      {announcement !== null && <AnnouncementBanner key={announcement.id} announcement={announcement} />}
      <div className="layout-columns">
        <Drawer>
          <Sidebar />
        </Drawer>
        <main className="layout-main" id="room" tabIndex={-1}>
          {/* Rooms are joined after the user's own channel, which says which rooms there are. */}
          {!ready ? (
            <RoomSkeleton />
          ) : currentRoomId === null ? (
            <NoRoom />
          ) : (
            <RoomView key={currentRoomId} roomId={currentRoomId} />
          )}
        </main>
      </div>
      <DialogHost />
    </div>
  );
}
