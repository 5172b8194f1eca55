import type { RoomSummary } from "@wingbeat/example-slack/contract";
import { ChevronDown, Plus } from "lucide-react";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useWorkspace } from "../workspace/context.ts";
import { isBold } from "../workspace/rooms.ts";
import { RoomLink } from "./room-link.tsx";
import "./section.css";

export interface SectionProps {
  readonly title: string;
  readonly rooms: readonly RoomSummary[];
  /** Beside the title. */
  readonly action?: ReactNode;
  /** A line below the rooms. */
  readonly more?: { readonly text: string; readonly testId?: string; readonly run: () => void };
}

/** Rooms under a title. Closed, it keeps what is unread and what is on screen in sight. */
export function Section({ title, rooms, action, more }: SectionProps) {
  const { currentRoomId } = useWorkspace();
  const [open, setOpen] = useState(() => sessionStorage.getItem(keyOf(title)) !== "closed");
  const id = useId();
  const toggle = () => {
    sessionStorage.setItem(keyOf(title), open ? "closed" : "open");
    setOpen(!open);
  };
  const shown = open ? rooms : rooms.filter((room) => room.id === currentRoomId || isBold(room));
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h2 className="section-title" id={id}>
          <button className="section-toggle" type="button" aria-expanded={open} onClick={toggle}>
            <ChevronDown size={14} aria-hidden="true" />
            {title}
          </button>
        </h2>
        {action}
      </div>
      <ul>
        {shown.map((room) => (
          <li key={room.id}>
            <RoomLink room={room} />
          </li>
        ))}
        {open && more !== undefined && (
          <li>
            <button className="room-link room-link-more" type="button" data-testid={more.testId} onClick={more.run}>
              <span className="room-link-mark">
                <Plus size={15} aria-hidden="true" />
              </span>
              {more.text}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

const keyOf = (title: string) => `roost:section:${title}`;
