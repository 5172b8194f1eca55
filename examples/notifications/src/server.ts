import type { Example, Shared } from "@wingbeat/example-site";
import { defineSocket, ok, refuse } from "wingbeat";
import { boardChannel } from "./board-channel.ts";
import { Board } from "./board.ts";
import { Inbox } from "./inbox.ts";
import { Logins } from "./logins.ts";
import { Mentions } from "./mentions.ts";
import { Mutes } from "./mutes.ts";
import { notificationChannel, presence } from "./notification-channel.ts";
import { notificationsApi } from "./notifications-api.ts";
import { Sent } from "./sent.ts";
import { statsChannel } from "./stats-channel.ts";

interface Parts {
  readonly logins: Logins;
  readonly inbox: Inbox;
  readonly mutes: Mutes;
  readonly sent: Sent;
  readonly board: Board;
}

/** One connection, three channels. */
export function notificationsSocket({ logins, inbox, mutes, sent, board }: Parts) {
  return defineSocket({
    connect: async ({ token }) => {
      const user = await logins.find(token);
      return user === undefined ? refuse("not logged in") : ok({ user }); // for all channels
    },
    id: ({ user }) => `users_socket:${user.id}`,
    channels: [notificationChannel(inbox, mutes, sent), statsChannel(sent), boardChannel(board)],
  });
}

/** What the page imports: its client knows topics, events, payloads and replies by this type. */
export type NotificationsSocket = ReturnType<typeof notificationsSocket>;
export type { Comment } from "./board.ts";
export type { Notification } from "./notification.ts";
export type { State } from "./notification-channel.ts";
export type { Posted } from "./notifications-api.ts";
export type { User } from "./users.ts";

/** Seed 002: whoever is mentioned is notified, on all devices, and also after having been away. */
export function notifications({ store, secret }: Pick<Shared, "store" | "secret">): Example {
  const logins = new Logins(store, secret);
  const sent = new Sent(store);
  const inbox = new Inbox(store, sent);
  const mutes = new Mutes(store);
  const board = new Board(store);
  return {
    sockets: {
      "/notifications/socket": {
        socket: notificationsSocket({ logins, inbox, mutes, sent, board }),
        longpoll: true, // beside websocket, with the same channels
      },
    },
    presence: [presence],
    web: new URL("../web/", import.meta.url),
    handler: notificationsApi(logins, board, new Mentions(inbox, mutes, sent)),
  };
}
