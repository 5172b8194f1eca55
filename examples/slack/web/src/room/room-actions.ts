/** What the user does in a room. Most of it is shown at once and put right by the server's answer. */
import { sentenceOf } from "../refusal.ts";
import type { Workspace } from "../workspace/context.ts";
import { toggled } from "./reactions-of.ts";
import type { RoomChannel } from "./room-channel.ts";
import type { Outgoing, PageRequest } from "./room-state.ts";
import type { RoomStore } from "./room-store.ts";
import type { HistoryPage, OwnMessage, RoomRole } from "@wingbeat/example-slack/contract";

export type RoomActions = ReturnType<typeof createRoomActions>;

/** Messages of one page. */
const PAGE = 50;

export function createRoomActions(
  store: RoomStore,
  { push }: Pick<RoomChannel, "push">,
  { attempt, openRoom }: Pick<Workspace, "attempt" | "openRoom">,
) {
  const { dispatch } = store;
  /** Questions that wait for their answer, so that none is asked twice. */
  const asked = new Set<string>();

  /** Gives nothing when it has failed, or was asked for already. */
  async function load(request: PageRequest): Promise<HistoryPage | undefined> {
    const question = JSON.stringify(request);
    if (asked.has(question)) return undefined;
    asked.add(question);
    try {
      const page = await pageFor(request);
      dispatch({ type: "page", request, page });
      return page;
    } catch {
      // Asked again when somebody scrolls there, or after the next join.
      return undefined;
    } finally {
      asked.delete(question);
    }
  }
  function pageFor(request: PageRequest): PromiseLike<HistoryPage> {
    const { newestSeq } = store.state;
    switch (request.kind) {
      case "older":
        return push("history", { before: request.before, limit: PAGE });
      case "newer":
        return push("history", { after: request.after, limit: PAGE });
      case "around":
        return push("history", { around: request.seq, limit: PAGE });
      case "latest":
        return push("history", { before: newestSeq + 1, limit: PAGE });
      case "anew":
        return push("history", { limit: PAGE });
    }
  }

  return {
    load,
    send: (outgoing: Pick<Outgoing, "body" | "replyTo" | "attachments">) =>
      dispatch({
        type: "send",
        outgoing: { ...outgoing, clientId: crypto.randomUUID(), at: new Date().toISOString() },
      }),
    retry: (clientId: string) => dispatch({ type: "retry", clientId }),
    discard: (clientId: string) => dispatch({ type: "discard", clientId }),
    edit: (id: number, body: string) =>
      attempt(async () => {
        const { message } = await push("message:edit", { id, body });
        dispatch({ type: "updated", message });
      }),
    remove: (id: number) =>
      attempt(async () => {
        await push("message:delete", { id });
        dispatch({ type: "deleted", id });
      }),
    react: ({ id: messageId, reactions: before }: OwnMessage, emoji: string) => {
      dispatch({ type: "reactions", messageId, reactions: toggled(before, emoji, store.state.userId) });
      return attempt(async () => {
        try {
          const { reactions } = await push("react", { messageId, emoji });
          dispatch({ type: "reactions", messageId, reactions });
        } catch (error) {
          dispatch({ type: "reactions", messageId, reactions: before });
          throw error;
        }
      });
    },
    pin: (messageId: number, pinned: boolean) =>
      attempt(async () => {
        await push("pin", { messageId, pinned });
        dispatch({ type: "pinned", messageId, pinned });
      }),
    star: (messageId: number, starred: boolean) =>
      attempt(async () => {
        await push("star", { messageId, starred });
        dispatch({ type: "starred", messageId, starred });
      }),
    /** Gives whether the command was known and allowed. */
    command: async (name: string, args: string): Promise<boolean> => {
      try {
        const { text, open } = await push("command", { name, args });
        dispatch({ type: "notice", text: text ?? null });
        if (open !== undefined) openRoom(open);
        return true;
      } catch (error) {
        dispatch({ type: "notice", text: sentenceOf(error) });
        return false;
      }
    },
    closeNotice: () => dispatch({ type: "notice", text: null }),
    pins: () => push("pins", {}),
    files: () => push("files", {}),
    invite: (userId: number) => attempt(() => push("member:invite", { userId })),
    kick: (userId: number) => attempt(() => push("member:kick", { userId })),
    mute: (userId: number, muted: boolean) => attempt(() => push("member:mute", { userId, muted })),
    setRole: (userId: number, role: RoomRole) => attempt(() => push("member:role", { userId, role })),
    setText: (field: "name" | "topic", value: string) => attempt(() => push("settings", { field, value })),
    setFlag: (field: "readOnly" | "archived", value: boolean) => attempt(() => push("settings", { field, value })),
  };
}
