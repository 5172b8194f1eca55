/** The application in which the mistakes are made. */
import { Socket } from "@wingbeat/client";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { z } from "zod";

export const Message = z.object({ id: z.number(), body: z.string() });

export const room = defineChannel("room:{id}")
  .assigns<{ user: { id: number } }>()
  .pushes({ new_msg: Message, user_joined: z.object({ name: z.string() }) })
  .commands<{ kicked: { id: number } }>()
  .join(z.object({ since: z.number().optional() }), () => ok({ messages: [] as { body: string }[] }))
  .handleIn("new_msg", z.object({ body: z.string() }), () => ok({ id: 1 }))
  .handleIn("typing", () => {});

export const system = defineChannel("system").join(() => ok());

export const userSocket = defineSocket({
  connect: () => ok({ user: { id: 1 } }),
  id: ({ user }) => `user_socket:${user.id}`,
  channels: [room, system],
});

export const endpoint = createEndpoint({ sockets: { "/socket": userSocket } });
export const socket = new Socket<typeof userSocket>("/socket");
export const channel = socket.channel("room:42");
