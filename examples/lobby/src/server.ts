import type { Example } from "@wingbeat/example-site";
import { defineSocket, ok, refuse } from "wingbeat";
import { chatChannel } from "./chat-channel.ts";
import { History } from "./history.ts";
import { findUser } from "./user.ts";

/** The socket of one lobby, with a history of its own. */
export function lobbySocket() {
  return defineSocket({
    connect: (params) => {
      const user = findUser(params.token);
      return user === undefined ? refuse() : ok({ user });
    },
    id: ({ user }) => `user_socket:${user.id}`,
    channels: [chatChannel(new History())],
  });
}

/** What the page imports: its client knows topics, events, payloads and replies by this type. */
export type LobbySocket = ReturnType<typeof lobbySocket>;
export type { Message } from "./history.ts";

/** Seed 001: a socket, a lobby to chat in, a topic that is refused and one that nobody has written. */
export function lobby(): Example {
  return { sockets: { "/socket": lobbySocket() }, web: new URL("../web/", import.meta.url) };
}
