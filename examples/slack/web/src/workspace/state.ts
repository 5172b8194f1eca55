/** What the user's channel has told this page, as a pure function of its reply and its pushes. */
import type {
  Announcement,
  ManualStatus,
  Me,
  Preferences,
  RoomSummary,
  Unread,
  UserJoined,
} from "@wingbeat/example-slack/contract";

export interface WorkspaceState {
  readonly me: Me;
  /** Those of the sidebar, in no particular order. */
  readonly rooms: readonly RoomSummary[];
  readonly announcement: Announcement | null;
  /** Ids of the users whom this one ignores. */
  readonly ignored: readonly number[];
  /** Mentions that were not read, for the bell's companions; the server counts. */
  readonly unreadMentions: number;
  /** False until the user's channel was joined for the first time. */
  readonly ready: boolean;
}

export type WorkspaceAction =
  | { readonly type: "joined"; readonly reply: UserJoined }
  | { readonly type: "me"; readonly me: Me }
  | { readonly type: "room"; readonly room: RoomSummary }
  | { readonly type: "room:removed"; readonly roomId: number }
  | { readonly type: "unread"; readonly unread: Unread }
  | { readonly type: "newMessage"; readonly roomId: number }
  | { readonly type: "refreshMentions"; readonly unread: number }
  | { readonly type: "preferences"; readonly preferences: Preferences }
  | { readonly type: "status"; readonly manualStatus: ManualStatus }
  | { readonly type: "ignored"; readonly userId: number; readonly ignored: boolean }
  | { readonly type: "announcement"; readonly announcement: Announcement | null };

export const initialState = (me: Me): WorkspaceState => ({
  me,
  rooms: [],
  announcement: null,
  ignored: [],
  unreadMentions: 0,
  ready: false,
});

export function workspaceReducer(state: WorkspaceState, action: WorkspaceAction): WorkspaceState {
  switch (action.type) {
    case "joined": {
      const { me, rooms, announcement, ignored } = action.reply;
      return { ...state, me, rooms, announcement, ignored, ready: true };
    }
    case "me":
      return { ...state, me: action.me };
    case "room":
      return { ...state, rooms: withRoom(state.rooms, action.room) };
    case "room:removed":
      return { ...state, rooms: state.rooms.filter((room) => room.id !== action.roomId) };
    case "unread":
      return changed(state, action.unread.roomId, (room) => ({ ...room, unread: action.unread }));
    case "newMessage":
      // The counts come by themselves; this is what makes a hidden conversation come back.
      return changed(state, action.roomId, (room) => (room.hidden ? { ...room, hidden: false } : room));
    case "refreshMentions":
      return { ...state, unreadMentions: action.unread };
    case "preferences":
      return { ...state, me: { ...state.me, preferences: action.preferences } };
    case "status":
      return { ...state, me: { ...state.me, manualStatus: action.manualStatus } };
    case "ignored": {
      const others = state.ignored.filter((userId) => userId !== action.userId);
      return { ...state, ignored: action.ignored ? [...others, action.userId] : others };
    }
    case "announcement":
      return { ...state, announcement: action.announcement };
  }
}

function withRoom(rooms: readonly RoomSummary[], room: RoomSummary): readonly RoomSummary[] {
  const index = rooms.findIndex(({ id }) => id === room.id);
  return index < 0 ? [...rooms, room] : rooms.with(index, room);
}

/** The same state when there is no such room: what was pushed about it comes too late. */
function changed(state: WorkspaceState, roomId: number, change: (room: RoomSummary) => RoomSummary): WorkspaceState {
  const room = state.rooms.find(({ id }) => id === roomId);
  return room === undefined ? state : { ...state, rooms: withRoom(state.rooms, change(room)) };
}
