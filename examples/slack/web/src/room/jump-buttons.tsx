import { ArrowDown, ArrowUp } from "lucide-react";
import "./jump-buttons.css";

/** To the end of the list; says how much has come there. */
export function JumpToLatest({ fresh, onClick }: { readonly fresh: number; readonly onClick: () => void }) {
  const text = fresh === 0 ? "Jump to latest" : `${fresh} new ${fresh === 1 ? "message" : "messages"}`;
  return (
    <button
      type="button"
      className="jump-button jump-button-latest"
      data-fresh={fresh > 0 || undefined}
      data-testid="jump-to-latest"
      onClick={onClick}
    >
      <ArrowDown size={15} aria-hidden="true" />
      {text}
    </button>
  );
}

/** Back to where the user had read to. */
export function JumpToUnread({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" className="jump-button jump-button-unread" data-testid="jump-to-unread" onClick={onClick}>
      <ArrowUp size={15} aria-hidden="true" />
      Jump to unread
    </button>
  );
}
