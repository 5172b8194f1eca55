import type { Example, Shared } from "@wingbeat/example-site";
import { defineSocket, ok, refuse } from "wingbeat";
import { forumApi } from "./forum-api.ts";
import { Sessions } from "./sessions.ts";
import { ForumState } from "./state.ts";
import { memberChannel, online, publicChannel, roleChannel } from "./user-channels.ts";
import type { Visitor } from "./user-channels.ts";

/** The socket of the forum. The first channel that takes a topic gets it, so the two fixed ones stand first. */
export function forumSocket(sessions: Sessions) {
  return defineSocket({
    connect: async ({ token }) => {
      if (token === undefined) return ok<Visitor>({});
      const session = await sessions.find(token);
      return session === undefined ? refuse("no session") : ok<Visitor>(session);
    },
    // Not the member's id: a logout ends one session, and leaves the member's others alone.
    id: ({ sessionId }) => (sessionId === undefined ? null : `session_socket:${sessionId}`),
    channels: [publicChannel, roleChannel, memberChannel],
  });
}

/** What the page imports: its client knows topics, events, payloads and replies by this type. */
export type ForumSocket = ReturnType<typeof forumSocket>;
export type { Login } from "./forum-api.ts";
export type { Counts, CountType, Permissions, Profile } from "./state.ts";

/** Seed 003: what members are told over three topics, and who is online. */
export function forum({ store, secret }: Pick<Shared, "store" | "secret">): Example {
  const sessions = new Sessions(store, secret);
  return {
    sockets: { "/forum/socket": forumSocket(sessions) },
    presence: [online],
    web: new URL("../web/", import.meta.url),
    handler: forumApi(sessions, new ForumState(store)),
  };
}
