import { randomUUID } from "node:crypto";
import { defineSocket, ok } from "wingbeat";
import { presence } from "./channels/presence.ts";
import { room } from "./channels/room.ts";

export const userSocket = defineSocket({
  // Anyone may connect, and is a new guest each time. With accounts, verify a token here, `connect: async ({ token }) => ...`,
  // ok or refuse, and name the user: `id: ({ user }) => `user_socket:${user.id}``.
  connect: () => ok({ user: { id: randomUUID(), name: "Guest" } }),
  channels: [room],
});

/** The endpoint's options, for the server and the tests. */
export const options = { sockets: { "/socket": userSocket }, presence: [presence] };
