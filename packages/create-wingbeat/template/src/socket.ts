import { randomUUID } from "node:crypto";
import { defineSocket, ok } from "wingbeat";
import { presence } from "./channels/presence.ts";
import { room } from "./channels/room.ts";

export const userSocket = defineSocket({
  // Everybody may connect. With accounts, check a token here: `connect: async ({ token }) => ...`, ok or refuse.
  connect: () => ok({ user: { id: randomUUID(), name: "Guest" } }),
  id: ({ user }) => `user_socket:${user.id}`,
  channels: [room],
});

/** What the endpoint serves, on the server and in tests. */
export const options = { sockets: { "/socket": userSocket }, presence: [presence] };
