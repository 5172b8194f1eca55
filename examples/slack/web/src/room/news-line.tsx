import { memo } from "react";
import type { RoomState } from "./room-state.ts";

/** Says that somebody has written to those who do not see the list. What they wrote is in the list, to be read in peace. */
export const NewsLine = memo(function NewsLine({ state }: { readonly state: RoomState }) {
  const newest = state.messages.at(-1);
  const isNews = newest !== undefined && newest.user.id !== state.userId && newest.kind === "message";
  return (
    <div className="visually-hidden" aria-live="polite">
      {isNews && <p key={newest.id}>New message from {newest.user.name}</p>}
    </div>
  );
});
