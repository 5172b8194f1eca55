import type { Message, SearchHit } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { Attachments } from "../room/attachments.tsx";
import { useRow } from "../room/room-context.ts";
import { fullTimeOf, shortTimeOf } from "../room/times.ts";
import { Markup } from "../text/markup.tsx";
import { labelOf, useWorkspace } from "../workspace.ts";
import "./hit.css";

export interface HitProps {
  readonly message: Message;
  /** Named where messages of several rooms stand together. */
  readonly room?: SearchHit["room"] | undefined;
  readonly action?: React.ReactNode;
}

/** A message in a panel. Leads to where it was written. */
export function Hit({ message, room, action }: HitProps) {
  const { names, jump } = useRow();
  const { currentRoomId, openRoom, openPanel } = useWorkspace();
  const { id, roomId, seq, user, at, body, mentions, attachments } = message;
  const go = () => {
    if (roomId === currentRoomId) jump(seq);
    else openRoom(roomId, seq);
    // Where the panel lies over the room, it would hide what was asked for.
    if (window.matchMedia("(max-width: 719.98px)").matches) openPanel(null);
  };
  return (
    <li className="hit" data-testid={`hit-${id}`}>
      <button type="button" className="hit-open" onClick={go}>
        <span className="visually-hidden">
          Go to the message of {user.name}, {fullTimeOf(at)}
        </span>
      </button>
      <div className="hit-head">
        <Avatar user={user} size={22} />
        <span className="hit-author truncate">{user.name}</span>
        {room !== undefined && <span className="hit-room truncate">{labelOf(room)}</span>}
        <time className="hit-time" dateTime={at} title={fullTimeOf(at)}>
          {shortTimeOf(at)}
        </time>
      </div>
      <div className="hit-body">
        <Markup text={body} mentions={mentions} names={names} />
      </div>
      <Attachments attachments={attachments} />
      {action !== undefined && <div className="hit-action">{action}</div>}
    </li>
  );
}
