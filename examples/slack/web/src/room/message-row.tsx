import { Pin, Trash2 } from "lucide-react";
import { memo } from "react";
import type { OwnMessage } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { classNames } from "../parts/class-names.ts";
import { Markup } from "../text/markup.tsx";
import { useWorkspace } from "../workspace.ts";
import { Attachments } from "./attachments.tsx";
import { EditForm } from "./edit-form.tsx";
import { DayLine, UnreadLine } from "./lines.tsx";
import "./message-row.css";
import { MessageToolbar } from "./message-toolbar.tsx";
import { QuoteLine } from "./quote-line.tsx";
import { Reactions } from "./reactions.tsx";
import { useRow } from "./room-context.ts";
import { fullTimeOf, narrowTimeOf, timeOf } from "./times.ts";
import { useOver } from "./use-over.ts";

export interface MessageRowProps {
  readonly message: OwnMessage;
  readonly day: string | null;
  readonly continued: boolean;
  readonly unreadLine: boolean;
  readonly highlighted: boolean;
  readonly editing: boolean;
}

/** One message and what stands above it. Drawn anew only when one of these changes: lists have thousands. */
export const MessageRow = memo(function MessageRow({ day, unreadLine, ...props }: MessageRowProps) {
  return (
    <>
      {day !== null && <DayLine day={day} />}
      {unreadLine && <UnreadLine />}
      {props.message.kind === "system" ? <SystemRow message={props.message} /> : <FullRow {...props} />}
    </>
  );
});

function FullRow(props: Omit<MessageRowProps, "day" | "unreadLine">) {
  const { message, continued, highlighted, editing } = props;
  const { names } = useRow();
  const { over, isOver, setMenuOpen } = useOver();
  const isMentioned = message.mentions.includes(names.me) && !message.deleted;
  return (
    <article
      className={classNames("message", continued && "message-continued", isMentioned && "message-mentioned")}
      {...over}
      data-row
      tabIndex={-1}
      aria-label={`${message.user.name}, ${timeOf(message.at)}`}
      data-testid={`msg-${message.id}`}
      data-seq={message.seq}
      data-state="sent"
      data-highlighted={highlighted || undefined}
      data-pinned={message.pinned || undefined}
    >
      <div className="message-side">{continued ? <Time at={message.at} narrow /> : <Avatar user={message.user} />}</div>
      <div className="message-main">
        {message.pinned && (
          <p className="message-mark">
            <Pin size={12} aria-hidden="true" /> Pinned
          </p>
        )}
        {!continued && <Head message={message} />}
        {message.deleted ? <Deleted id={message.id} /> : <Content message={message} editing={editing} />}
      </div>
      {isOver && !message.deleted && !editing && <MessageToolbar message={message} onOpenChange={setMenuOpen} />}
    </article>
  );
}

function Head({ message }: { readonly message: OwnMessage }) {
  const { openProfile } = useWorkspace();
  return (
    <header className="message-head">
      <button type="button" className="message-author" tabIndex={-1} onClick={() => openProfile(message.user)}>
        {message.user.name}
      </button>
      <Time at={message.at} />
    </header>
  );
}

const Time = ({ at, narrow = false }: { readonly at: string; readonly narrow?: boolean }) => (
  <time className="message-time" dateTime={at} title={fullTimeOf(at)}>
    {narrow ? narrowTimeOf(at) : timeOf(at)}
  </time>
);

function Content({ message, editing }: { readonly message: OwnMessage; readonly editing: boolean }) {
  const { names } = useRow();
  return (
    <>
      {message.replyTo !== null && <QuoteLine quote={message.replyTo} />}
      {editing ? (
        <EditForm message={message} />
      ) : (
        message.body !== "" && (
          <div className="message-body">
            <span data-testid={`msg-body-${message.id}`}>
              <Markup text={message.body} mentions={message.mentions} names={names} />
            </span>
            {message.editedAt !== null && (
              <span
                className="message-edited"
                title={fullTimeOf(message.editedAt)}
                data-testid={`msg-edited-${message.id}`}
              >
                {" "}
                (edited)
              </span>
            )}
          </div>
        )
      )}
      <Attachments attachments={message.attachments} />
      <Reactions message={message} />
    </>
  );
}

const Deleted = ({ id }: { readonly id: number }) => (
  <p className="message-deleted" data-testid={`msg-body-${id}`}>
    <Trash2 size={14} aria-hidden="true" />
    This message was deleted.
  </p>
);

function SystemRow({ message }: { readonly message: OwnMessage }) {
  return (
    <div className="message-system" data-row tabIndex={-1} data-testid={`msg-${message.id}`} data-seq={message.seq}>
      <span className="message-side">
        <Time at={message.at} narrow />
      </span>
      <p data-testid={`msg-body-${message.id}`}>
        <strong>{message.user.name}</strong> {message.body}
      </p>
    </div>
  );
}
