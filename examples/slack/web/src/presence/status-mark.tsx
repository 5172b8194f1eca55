import type { ManualStatus, Status } from "@wingbeat/example-slack/contract";
import "./status-mark.css";

export interface StatusMarkProps {
  readonly status: Status | ManualStatus;
  /** Pixels. Default 10. */
  readonly size?: number;
}

/** Its shape says it as well as its colour: full, half, crossed with a bar, a ring. */
export function StatusMark({ status, size = 10 }: StatusMarkProps) {
  return (
    <svg
      className={`status-mark status-mark-${status}`}
      viewBox="0 0 10 10"
      width={size}
      height={size}
      aria-hidden="true"
    >
      {shapeOf(status)}
    </svg>
  );
}

function shapeOf(status: Status | ManualStatus) {
  if (status === "online") return <circle cx="5" cy="5" r="4.5" fill="currentColor" />;
  if (status === "away") {
    return (
      <>
        <circle cx="5" cy="5" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M5 1.25a3.75 3.75 0 0 0 0 7.5z" fill="currentColor" />
      </>
    );
  }
  if (status === "busy") {
    return (
      <>
        <circle cx="5" cy="5" r="4.5" fill="currentColor" />
        <rect className="status-mark-bar" x="2.25" y="4.1" width="5.5" height="1.8" rx="0.9" />
      </>
    );
  }
  return <circle cx="5" cy="5" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" />;
}
