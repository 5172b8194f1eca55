/** What a page asks of its user's channel. Each rejects with a PushError; see `sentenceOf`. */
import type { ManualStatus, NotifyLevel, Preferences, RoomSummary } from "@wingbeat/example-slack/contract";
import type { UserChannel, SystemChannel } from "./channels.ts";
import type { WorkspaceAction } from "./state.ts";

export type Actions = ReturnType<typeof createActions>;

/** `dispatch` gets what answers carry, so that this tab shows it before any push. */
export function createActions(
  push: UserChannel["push"],
  presencePush: SystemChannel["push"],
  dispatch: (action: WorkspaceAction) => void,
) {
  const keep = <Reply extends { readonly room: RoomSummary }>(reply: Reply): RoomSummary => {
    dispatch({ type: "room", room: reply.room });
    return reply.room;
  };
  return {
    setStatus: (status: ManualStatus) => presencePush("status:set", { status }),
    /** This user has seen the room up to this message. Never goes back. */
    markRead: (roomId: number, seq: number) => push("room:read", { roomId, seq }),
    createRoom: async (room: { name: string; kind: "public" | "private"; topic?: string }) =>
      keep(await push("room:create", room)),
    joinRoom: async (roomId: number) => keep(await push("room:join", { roomId })),
    leaveRoom: (roomId: number) => push("room:leave", { roomId }),
    /** The conversation with this person; made when there is none. */
    openDirect: async (userId: number) => keep(await push("direct:open", { userId })),
    setRoomPrefs: async (
      roomId: number,
      prefs: { readonly starred?: boolean; readonly hidden?: boolean; readonly notify?: NotifyLevel },
    ) => keep(await push("room:prefs", { roomId, ...prefs })),
    browse: (query: string) => push("rooms:browse", { query }),
    findUsers: (query: string) => push("users:find", { query }),
    setPreferences: async (changes: Partial<Preferences>) => {
      const preferences = await push("prefs:set", changes);
      dispatch({ type: "preferences", preferences });
    },
    search: (query: string, roomId?: number) => push("search", roomId === undefined ? { query } : { query, roomId }),
    mentions: () => push("mentions:list", {}),
    stars: () => push("stars:list", {}),
    setIgnored: (userId: number, ignored: boolean) => push("ignore:set", { userId, ignored }),
    sessions: () => push("sessions:list", {}),
  };
}
