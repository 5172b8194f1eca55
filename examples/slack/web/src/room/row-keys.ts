import type { KeyboardEvent } from "react";

/**
 * Arrow up and down on the list go to its last message, and on a message to the next one. Escape leaves the list.
 * Whatever is in a message has its own keys, and so have the menus that it opens.
 */
export function moveBetweenRows(event: KeyboardEvent, leave: () => void): void {
  const from = event.target as HTMLElement;
  // What stands elsewhere in the page belongs to a message all the same, for React.
  if (event.defaultPrevented || !event.currentTarget.contains(from)) return;
  if (event.key === "Escape") return leave();
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  if (!from.matches("[data-row], .message-scroller")) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.indexOf(from);
  const next = at === -1 ? rows.at(-1) : rows[at + (event.key === "ArrowUp" ? -1 : 1)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
