import type { Announcement } from "@wingbeat/example-slack/contract";
import { Megaphone, ShieldBan, X } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../parts/icon-button.tsx";
import "./banners.css";

const KEY = "roost:dismissed-announcement";

/** What an administrator tells everybody. Who closes it has read it; the next one is shown again. */
export function AnnouncementBanner({ announcement }: { readonly announcement: Announcement }) {
  const [dismissed, setDismissed] = useState(() => localStorage.getItem(KEY) === String(announcement.id));
  if (dismissed) return null;
  return (
    <aside className="banner" aria-label="Announcement" role="status" data-testid="banner">
      <Megaphone size={16} aria-hidden="true" />
      <p className="banner-text">{announcement.text}</p>
      <IconButton
        icon={X}
        label="Close the announcement"
        size="small"
        side="left"
        data-testid="banner-dismiss"
        onClick={() => {
          localStorage.setItem(KEY, String(announcement.id));
          setDismissed(true);
        }}
      />
    </aside>
  );
}

/** For somebody who is banned: they may read, and nothing else. */
export function BanBanner({ reason }: { readonly reason: string }) {
  return (
    <aside className="banner banner-ban" aria-label="You are banned" role="alert" data-testid="ban-banner">
      <ShieldBan size={16} aria-hidden="true" />
      <p className="banner-text">
        <strong>You are banned.</strong> {reason === "" ? "You cannot send anything." : reason}
      </p>
    </aside>
  );
}
