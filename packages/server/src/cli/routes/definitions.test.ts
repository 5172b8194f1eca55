import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok, route } from "../../index.ts";
import { mountsOf } from "./definitions.ts";

const room = defineChannel("room:{id}")
  .pushes<{ secret: object }>()
  .join(() => ok())
  .handleIn("reaction:*", () => {})
  .handleIn("ping", () => {})
  .handleOut("secret", () => {});
const userSocket = defineSocket({ connect: () => ok(), channels: [room, route("support:{id}", room)] });
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

  it("lists pushes that the definition names", () => {
    const spec = { ...room.spec, pushes: ["new_msg"] };
    const [mount] = mountsOf({ s: { spec: { routes: [{ pattern: { source: "room:{id}" }, channel: spec }] } } });
    expect(mount?.channels[0]?.pushes).toEqual(["new_msg"]);
  });
});
