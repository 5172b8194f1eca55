import { useState } from "react";
import { Button } from "../parts/button.tsx";
import "./lines.css";
import { useOpenRoom } from "./room-context.ts";
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

/** Messages are missing here: more than the page was sent after a long absence. */
export function GapLine() {
  const { state, actions } = useOpenRoom();
  const [busy, setBusy] = useState(false);
  const { gapAfter } = state;
  const load = async () => {
    if (gapAfter === null) return;
    setBusy(true);
    await actions.load({ kind: "gap", after: gapAfter });
    setBusy(false);
  };
  return (
    <div className="gap-line" data-testid="gap">
      <span>A lot was written while you were away.</span>
      <Button size="small" busy={busy} data-testid="load-more" onClick={() => void load()}>
        Load more
      </Button>
    </div>
  );
}
