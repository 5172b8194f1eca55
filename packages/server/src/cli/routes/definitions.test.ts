import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createEndpoint, defineChannel, defineSocket, ok, routeChannel } from "../../index.ts";
import { mountsOf as printed, socketsOf } from "./definitions.ts";

const mountsOf = (exported: Readonly<Record<string, unknown>>) => printed(socketsOf(exported));

const room = defineChannel("room:{id}")
  .pushes<{ secret: object }>()
  .join(() => ok())
  .handleIn("reaction:*", () => {})
  .handleIn("ping", () => {})
  .handleOut("secret", () => {});
const userSocket = defineSocket({ connect: () => ok(), channels: [room, routeChannel("support:{id}", room)] });
const otherSocket = defineSocket({ connect: () => ok(), channels: [] });

const listed = { handles: ["ping", "reaction:*"], pushes: [], intercepts: ["secret"] };
const channels = [
  { topic: "room:{id}", ...listed },
  { topic: "support:{id}", ...listed },
];

describe("mountsOf", () => {
  it("finds sockets that are exported", () => {
    expect(mountsOf({ userSocket, room, answer: 42, nothing: null })).toEqual([
      { name: "userSocket", transports: [], channels },
    ]);
  });

  it("finds sockets by path, with their transports", () => {
    const sockets = {
      "/socket": userSocket,
      "/both": { socket: otherSocket, longpoll: true },
      "/poll": { socket: otherSocket, websocket: false, longpoll: { path: "/lp" } },
    };
    const mounts = [
      { name: "/socket", transports: ["websocket /socket/websocket"], channels },
      { name: "/both", transports: ["websocket /both/websocket", "longpoll /both/longpoll"], channels: [] },
      { name: "/poll", transports: ["longpoll /poll/lp"], channels: [] },
    ];
    expect(mountsOf({ sockets })).toEqual(mounts);
    expect(mountsOf({ options: { sockets, logger: false } })).toEqual(mounts);
  });

  it("lists a socket once that is exported and mounted", () => {
    const mounts = mountsOf({ userSocket, otherSocket, default: { sockets: { "/socket": userSocket } } });
    expect(mounts.map(({ name }) => name)).toEqual(["/socket", "otherSocket"]);
  });

  it("finds the sockets of an endpoint that is exported", () => {
    const endpoint = createEndpoint({ sockets: { "/socket": { socket: userSocket, longpoll: true } }, logger: false });
    const transports = ["websocket /socket/websocket", "longpoll /socket/longpoll"];
    expect(mountsOf({ endpoint, userSocket })).toEqual([{ name: "/socket", transports, channels }]);
  });

  it("lists pushes that are declared by schema", () => {
    const chat = defineChannel("chat")
      .pushes({ new_msg: z.object({ body: z.string() }), typing: z.object({}) })
      .join(() => ok())
      .handleOut("typing", () => {});
    const socket = defineSocket({ connect: () => ok(), channels: [chat] });
    expect(mountsOf({ socket })[0]?.channels).toEqual([
      { topic: "chat", handles: [], pushes: ["new_msg", "typing"], intercepts: ["typing"] },
    ]);
  });

  it("reads definitions of an older package, which do not name pushes", () => {
    const { pushes: _pushes, ...older } = room.spec;
    const [mount] = mountsOf({ s: { spec: { routes: [{ pattern: { source: "room:{id}" }, channel: older }] } } });
    expect(mount?.channels).toEqual([channels[0]]);
  });
});
