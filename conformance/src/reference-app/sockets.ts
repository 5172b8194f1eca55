/** The sockets of the reference application. */
import { defineSocket, ok, refuse, routeChannel, type ConnectInfo, type ConnectParams } from "wingbeat";
import { benchChannel } from "./bench-channel.ts";
import { plainChannel } from "./plain-channel.ts";
import { presenceChannel } from "./presence-channel.ts";
import { roomChannel } from "./room-channel.ts";

interface Historical<Channel> {
  history(): Channel;
}

/** @param hasHistory Whether every channel has one: no client that does not ask for recovery may notice. */
export function socketsOf(hasHistory: boolean) {
  const kept = <Kept extends Historical<Kept>>(channel: Kept): Kept => (hasHistory ? channel.history() : channel);
  const [room, plain, presence, bench] = [
    kept(roomChannel),
    kept(plainChannel),
    kept(presenceChannel),
    kept(benchChannel),
  ];

  /** @param keepInfo Whether the mount asks for connect info, which "who" then shows. */
  const userSocket = ({ keepInfo }: { keepInfo: boolean }) =>
    defineSocket({
      connect: (params: Record<string, unknown>, info: ConnectInfo) => {
        switch (params["token"]) {
          case "bad":
            return refuse();
          case "reason":
            return refuse("some_reason");
          case "rate":
            return refuse("rate_limit");
          case "crash":
            throw new Error("connect crashed");
          case "badret":
            return "what" as never;
        }
        const user_id = params["user_id"] ?? null;
        return ok({ user_id, params, ...(keepInfo ? { info } : {}) });
      },
      id: ({ user_id }) => (user_id === null ? null : `users_socket:${String(user_id)}`),
      channels: [
        room,
        presence,
        bench,
        routeChannel("exact", room),
        plain,
        routeChannel("assigned:*", plain, { assigns: { from_route: "yes" } }),
      ],
      bytesPerSecond: Infinity, // as in Phoenix
    });

  return {
    main: userSocket({ keepInfo: true }),
    /** The same on mounts without connect info. */
    bare: userSocket({ keepInfo: false }),
    auth: defineSocket({
      connect: (_params: ConnectParams, info: ConnectInfo) =>
        info.authToken === "letmein" ? ok({ user_id: info.authToken }) : refuse(),
      id: () => null,
      channels: [room, plain],
    }),
    two: defineSocket({
      connect: () => ok({ user_id: null }),
      id: () => null,
      channels: [room],
      maxChannels: 2,
    }),
    bench: defineSocket({
      connect: (params: Record<string, unknown>) => ok({ user_id: params["user_id"] ?? null }),
      id: () => null,
      channels: [bench, room, presence],
      maxChannels: 100_000,
      eventsPerSecond: 1e9, // counted, never reached: the benchmark asks for as much as goes
      joinsPerSecond: 1e9,
      bytesPerSecond: Infinity,
    }),
  };
}

/** The error handler of "/errh". */
export function handleError(reason: unknown): { status: number; body: string } {
  if (reason === "rate_limit") return { status: 429, body: "Too many requests" };
  return { status: 403, body: `custom :${String(reason)}` };
}
