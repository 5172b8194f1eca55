import { randomUUID } from "node:crypto";
import { defineSocket, ok } from "wingbeat";
import { presence } from "./channels/presence.ts";
import { room } from "./channels/room.ts";

export const userSocket = defineSocket({
  // Anyone may connect. With accounts, verify a token here: `connect: async ({ token }) => ...`, ok or refuse.
  connect: () => ok({ user: { id: randomUUID(), name: "Guest" } }),
  id: ({ user }) => `user_socket:${user.id}`,
  channels: [room],
});

/** The endpoint's options, for the server and the tests. */
export const options = { sockets: { "/socket": userSocket }, presence: [presence] };
