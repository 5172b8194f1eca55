import { useState } from "react";
import type { Announcement } from "@wingbeat/example-slack/contract";
import { SocketProvider, useEvent } from "../realtime.ts";
import { AnnouncementBanner } from "../workspace/banners.tsx";
import { usePublicChannel } from "../workspace/channels.ts";

/** What is announced to everybody, those who are not logged in too: a connection without a token may hear this alone. */
export function PublicAnnouncement() {
  return (
    <SocketProvider url="/socket">
      <Banner />
    </SocketProvider>
  );
}

function Banner() {
  const { channel, reply } = usePublicChannel();
  const [pushed, setPushed] = useState<Announcement | null | undefined>(undefined);
  useEvent(channel, "announcement", (announcement) => setPushed(announcement.id === null ? null : announcement));
  const announcement = pushed === undefined ? reply?.announcement : pushed;
  return announcement ? <AnnouncementBanner key={announcement.id} announcement={announcement} /> : null;
}
