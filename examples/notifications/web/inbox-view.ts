import type { Notification } from "@wingbeat/example-notifications";
import { byId, element, linkButton, timeOf } from "@wingbeat/example-site/page";
import type { Inbox } from "./inbox.ts";

/** What can be done to a notification. */
export interface Actions {
  read(id: number): void;
  mute(userId: number, muted: boolean): void;
}

const TITLE = document.title;
/** Names of who may be muted, as far as they have written. */
const names = new Map<number, string>();

export function showInbox(inbox: Inbox, actions: Actions): void {
  const { items, unread } = inbox;
  byId("inbox").replaceChildren(...items.map((item) => itemElement(item, actions)));
  byId("nothing").hidden = items.length > 0;
  const count = unread > 99 ? "99+" : String(unread);
  const badge = byId("unread");
  badge.dataset.count = String(unread);
  if (badge.textContent !== count) badge.textContent = count;
  document.title = unread === 0 ? TITLE : `(${count}) ${TITLE}`;
}

export function showMuted(ids: readonly number[], actions: Actions): void {
  const place = byId("muted");
  place.hidden = ids.length === 0;
  place.replaceChildren("Muted: ", ...ids.flatMap((id) => [nameOf(id), unmute(id, actions), " "]));
}

function unmute(id: number, actions: Actions): HTMLElement {
  const button = linkButton("unmute", () => actions.mute(id, false));
  button.ariaLabel = `Unmute ${nameOf(id)}`;
  return button;
}

function itemElement({ id, kind, actor, excerpt, created_at, read }: Notification, actions: Actions): HTMLElement {
  names.set(actor.id, actor.name);
  const who = element("b", kind === "note" ? "Note: " : `${actor.name}: `);
  const buttons = element("span.buttons");
  if (!read) buttons.append(linkButton("Mark as read", () => actions.read(id)));
  if (kind === "mention") {
    const mute = linkButton("Mute", () => actions.mute(actor.id, true));
    mute.ariaLabel = `Mute ${actor.name}`;
    buttons.append(mute);
  }
  const item = element("li", element("span.what", who, excerpt), timeOf(created_at), buttons);
  item.dataset.read = String(read);
  item.dataset.notification = String(id);
  return item;
}

function nameOf(id: number): string {
  return names.get(id) ?? `user ${id}`;
}
