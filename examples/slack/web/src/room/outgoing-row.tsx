import { CircleAlert, Clock } from "lucide-react";
import { memo } from "react";
import { Avatar } from "../parts/avatar.tsx";
import { Button } from "../parts/button.tsx";
import { classNames } from "../parts/class-names.ts";
import { Markup } from "../text/markup.tsx";
import { useWorkspace } from "../workspace.ts";
import { Attachments } from "./attachments.tsx";
import { DayLine } from "./lines.tsx";
import { QuoteLine } from "./quote-line.tsx";
import { useRow } from "./room-context.ts";
import type { Outgoing } from "./room-state.ts";
import { timeOf } from "./times.ts";

export interface OutgoingRowProps {
  readonly outgoing: Outgoing;
  readonly day: string | null;
  readonly continued: boolean;
}

const NO_MENTIONS: readonly string[] = [];

/** A message on its way, or one that was refused. */
export const OutgoingRow = memo(function OutgoingRow({ outgoing, day, continued }: OutgoingRowProps) {
  const { names, actions, write } = useRow();
  const { me } = useWorkspace();
  const { clientId, body, replyTo, attachments, at, state, error } = outgoing;
  return (
    <>
      {day !== null && <DayLine day={day} />}
      <article
        className={classNames("message", continued && "message-continued")}
        data-row
        tabIndex={-1}
        aria-label={`${me.user.name}, ${state === "failed" ? "not sent" : "being sent"}`}
        data-state={state}
      >
        <div className="message-side">{!continued && <Avatar user={me.user} />}</div>
        <div className="message-main">
          {!continued && (
            <header className="message-head">
              <span className="message-author">{me.user.name}</span>
              <time className="message-time" dateTime={at}>
                {timeOf(at)}
              </time>
            </header>
          )}
          {replyTo !== null && <QuoteLine quote={replyTo} />}
          <div className="message-body">
            <Markup text={body} mentions={NO_MENTIONS} names={names} />
            {state === "sending" && (
              <span className="message-waits" role="img" aria-label="Being sent">
                {" "}
                <Clock size={11} aria-hidden="true" />
              </span>
            )}
          </div>
          <Attachments attachments={attachments} />
          {state === "failed" && (
            <div className="message-failed" role="alert">
              <CircleAlert size={15} aria-hidden="true" />
              <span>{error ?? "Not sent."}</span>
              <Button
                size="small"
                data-testid={`retry-${clientId}`}
                onClick={() => {
                  actions.retry(clientId);
                  write();
                }}
              >
                Try again
              </Button>
              <Button
                size="small"
                look="quiet"
                data-testid={`discard-${clientId}`}
                onClick={() => {
                  actions.discard(clientId);
                  write();
                }}
              >
                Discard
              </Button>
            </div>
          )}
        </div>
      </article>
    </>
  );
});
