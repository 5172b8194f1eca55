import { defineSocket, ok, refuse } from "wingbeat";
import { z } from "zod";
import { nameIn } from "./login.ts";
import { presence, room } from "./room.ts";

export const userSocket = defineSocket({
  params: z.object({ token: z.string() }),
  connect: ({ token }) => {
    const name = nameIn(token);
    return name === undefined ? refuse("login") : ok({ name });
  },
  channels: [room],
});

/** For the server and the tests. */
export const options = { sockets: { "/socket": userSocket }, presence: [presence] };
