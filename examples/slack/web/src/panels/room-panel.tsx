import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { IconButton } from "../parts/icon-button.tsx";
import { useWorkspace } from "../workspace.ts";
import type { Panel, PanelKind } from "../workspace.ts";
import { FilesPanel } from "./files-panel.tsx";
import { MembersPanel } from "./members-panel.tsx";
import { MentionsPanel, PinnedPanel, StarredPanel } from "./message-panels.tsx";
import "./room-panel.css";
import { SearchPanel } from "./search-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";

const TITLES: Readonly<Record<PanelKind, string>> = {
  members: "Members",
  pinned: "Pinned messages",
  starred: "Starred by you",
  mentions: "Mentions of you",
  files: "Files",
  settings: "Settings",
  search: "Search",
};

/** What stands at the right of the room; on a phone, in front of it. Closes with Escape. */
export function RoomPanel({ panel }: { readonly panel: Panel }) {
  const { openPanel } = useWorkspace();
  const close = () => openPanel(null);
  const title = useRef<HTMLHeadingElement>(null);
  const { kind } = panel;
  useEffect(() => {
    // A panel with a field to type in takes the focus there itself.
    if (kind !== "search") title.current?.focus();
  }, [kind]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape from anywhere in it
    <aside
      className="room-panel"
      aria-label={TITLES[kind]}
      data-testid={`panel-${kind}`}
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}
    >
      <header className="room-panel-head">
        <h2 ref={title} tabIndex={-1}>
          {TITLES[kind]}
        </h2>
        <IconButton icon={X} label="Close" keys="Esc" side="left" data-testid="close-panel" onClick={close} />
      </header>
      {contentOf(panel)}
    </aside>
  );
}

function contentOf({ kind, query }: Panel): ReactNode {
  switch (kind) {
    case "members":
      return <MembersPanel />;
    case "pinned":
      return <PinnedPanel />;
    case "starred":
      return <StarredPanel />;
    case "mentions":
      return <MentionsPanel />;
    case "files":
      return <FilesPanel />;
    case "settings":
      return <SettingsPanel />;
    case "search":
      return <SearchPanel key={query} query={query ?? ""} />;
  }
}
