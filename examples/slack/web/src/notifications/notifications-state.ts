/** The user's notifications as far as the page has them. Pure. The server says how many are unread; nothing is counted here. */
import type { Notification, NotificationsJoined } from "@wingbeat/example-slack/contract";

export interface NotificationsState {
  /** False until the first join. */
  readonly loaded: boolean;
  /** The newest first, each once. */
  readonly items: readonly Notification[];
  readonly unread: number;
  /** Older ones come before this id; null when there are none. */
  readonly cursor: number | null;
  /** The greatest id that has come. Where a rejoin goes on. */
  readonly newestId: number;
}

export type NotificationsAction =
  | { readonly type: "joined"; readonly reply: NotificationsJoined }
  | { readonly type: "came"; readonly notification: Notification; readonly unread: number }
  | { readonly type: "read"; readonly ids: readonly number[]; readonly unread: number }
  | { readonly type: "retracted"; readonly ids: readonly number[]; readonly unread: number }
  | { readonly type: "unread"; readonly unread: number }
  | { readonly type: "page"; readonly items: readonly Notification[]; readonly cursor: number | null };

export const noNotifications: NotificationsState = { loaded: false, items: [], unread: 0, cursor: null, newestId: 0 };

export function notificationsReducer(state: NotificationsState, action: NotificationsAction): NotificationsState {
  switch (action.type) {
    case "joined": {
      const { items, unread, cursor } = action.reply;
      // The answer to a rejoin has what was missed, and nothing to say of older ones.
      return { ...merged(state, items), loaded: true, unread, cursor: state.loaded ? state.cursor : cursor };
    }
    case "came":
      return { ...merged(state, [action.notification]), unread: action.unread };
    case "read": {
      const ids = new Set(action.ids);
      const items = state.items.map((item) => (ids.has(item.id) && !item.read ? { ...item, read: true } : item));
      return { ...state, items, unread: action.unread };
    }
    case "retracted": {
      const ids = new Set(action.ids);
      return { ...state, items: state.items.filter(({ id }) => !ids.has(id)), unread: action.unread };
    }
    case "unread":
      return { ...state, unread: action.unread };
    case "page":
      return { ...merged(state, action.items), cursor: action.cursor };
  }
}

function merged(state: NotificationsState, coming: readonly Notification[]): NotificationsState {
  if (coming.length === 0) return state;
  const byId = new Map([...state.items, ...coming].map((item) => [item.id, item]));
  const items = [...byId.values()].sort((one, other) => other.id - one.id);
  return { ...state, items, newestId: Math.max(state.newestId, items[0]?.id ?? 0) };
}

/** As the bell shows it. */
export const badgeText = (unread: number): string => (unread > 99 ? "99+" : String(unread));
