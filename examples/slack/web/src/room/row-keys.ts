import type { KeyboardEvent } from "react";

/**
 * Arrow up and down on the list go to its last message, on a message to the next one, and on a link or a button in a
 * message to that one. Escape leaves the list. Where one writes, and in menus, the arrows are needed for other things.
 */
export function moveBetweenRows(event: KeyboardEvent, leave: () => void): void {
  const from = event.target as HTMLElement;
  // What stands elsewhere in the page belongs to a message all the same, for React.
  if (event.defaultPrevented || !event.currentTarget.contains(from)) return;
  if (event.key === "Escape") return leave();
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  if (!from.matches("[data-row], .message-scroller, a, button:not([aria-haspopup=menu])")) return;
  const next = from.matches("a, button") ? from.closest<HTMLElement>("[data-row]") : neighbourOf(from, event);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function neighbourOf(from: HTMLElement, { key, currentTarget }: KeyboardEvent): HTMLElement | undefined {
  const rows = [...currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.indexOf(from);
  return at === -1 ? rows.at(-1) : rows[at + (key === "ArrowUp" ? -1 : 1)];
}
