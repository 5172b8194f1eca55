import "./lines.css";
import { dayName } from "./times.ts";

export const DayLine = ({ day }: { readonly day: string }) => (
  <div className="day-line">
    <span>{dayName(day)}</span>
  </div>
);

/** Where the user had read to when the room was opened. */
export const UnreadLine = () => (
  <div className="unread-line" data-testid="unread-line">
    <span>New</span>
  </div>
);
