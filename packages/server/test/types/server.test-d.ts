/** The server of the README: what connect gives, and what the endpoint takes. */
import { createServer } from "node:http";
import { createEndpoint, defineChannel, defineSocket, ok, refuse, routeChannel } from "wingbeat";
import type { ConnectInfo } from "wingbeat";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { room } from "./room.ts";
import type { User } from "./room.ts";

declare function verify(token: unknown): Promise<User | undefined>;
declare function verifySync(token: unknown): User | undefined;
declare function verifyText(token: string | undefined): Promise<User | undefined>;

const notifications = defineChannel("notifications:{user}")
  .assigns<{ user: User }>()
  .join(() => ok());
const system = defineChannel("system").join(() => ok());

export const userSocket = defineSocket({
  connect: async (params, info) => {
    expectTypeOf(info).toEqualTypeOf<ConnectInfo>();
    const user = await verify(params.token);
    return user ? ok({ user }) : refuse();
  },
  id: ({ user }) => `user_socket:${user.id}`,
  channels: [room, notifications, system],
});

const endpoint = createEndpoint({ sockets: { "/socket": userSocket } });
export const address = await endpoint.listen(4000);
endpoint.attach(createServer());
endpoint.broadcast("room:lobby", "new_msg", { id: 1, from: "ada", body: "hello from anywhere" });
expectTypeOf(address.port).toEqualTypeOf<number>();

// connect may be sync, refuse with a reason, and let everybody in.
defineSocket({
  connect: (params) => {
    const user = verifySync(params.token);
    return user ? ok({ user }) : refuse("rate_limit");
  },
  id: ({ user }) => (user.id > 0 ? `user_socket:${user.id}` : null),
  channels: [room],
});
defineSocket({ connect: () => ok(), channels: [system] });

// Params are what the client sent: a function that wants a text gets one from a check or from a schema.
defineSocket({
  params: z.object({ token: z.string().optional() }),
  connect: async ({ token }) => {
    expectTypeOf(token).toEqualTypeOf<string | undefined>();
    const user = await verifyText(token);
    return user ? ok({ user }) : refuse();
  },
  channels: [room],
});
defineSocket({
  connect: async (params) => {
    expectTypeOf(params.token).toEqualTypeOf<unknown>();
    // @ts-expect-error: it may as well be a list
    await verifyText(params.token);
    const user = typeof params.token === "string" ? await verifyText(params.token) : undefined;
    return user ? ok({ user }) : refuse();
  },
  channels: [room],
});

// A route gives what connect does not.
declare const user: User;
defineSocket({
  connect: () => ok(),
  channels: [system, routeChannel("desk:{id}", room, { assigns: { user } }), routeChannel("info", system)],
});
