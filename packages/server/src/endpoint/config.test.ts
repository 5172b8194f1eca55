import { describe, expect, it } from "vitest";
import { phoenixSerializer } from "../admission/rules.ts";
import { defineChannel, defineSocket, ok } from "../index.ts";
import { readMounts } from "./config.ts";
import type { EndpointOptions } from "./config.ts";

const socket = defineSocket({ connect: () => ok(), channels: [defineChannel("lobby").join(() => ok())] });

const rest = { transports: [], serializer: phoenixSerializer, badFrames: "close", checkOrigin: true };

describe("mounts", () => {
  it("have defaults", () => {
    expect(readMounts({ sockets: { "/socket": socket } })).toEqual([
      {
        path: "/socket",
        socket,
        authToken: false,
        websocket: {
          path: "/websocket",
          timeout: 60_000,
          maxFrameSize: 1_000_000,
          maxBufferedBytes: 4_194_304,
          bufferTimeout: 10_000,
          subprotocols: [],
          compress: false,
          checkOrigin: true,
        },
        ...rest,
      },
    ]);
  });

  it("take the endpoint's checkOrigin unless they have their own", () => {
    const mounts = readMounts({
      checkOrigin: ["//example.com"],
      sockets: { "/a": { socket }, "/b": { socket, websocket: { checkOrigin: false } } },
    });
    expect(mounts.map(({ websocket }) => websocket?.checkOrigin)).toEqual([["//example.com"], false]);
  });

  it("keep what is given", () => {
    const websocket = {
      path: "/ws/:id",
      timeout: 1,
      maxFrameSize: 2,
      maxBufferedBytes: 3,
      bufferTimeout: 4,
      subprotocols: ["a"],
      compress: true,
      checkOrigin: "conn",
      errorHandler: () => ({ status: 429 }),
    } as const;
    expect(readMounts({ sockets: { "/": { socket, authToken: true, websocket } } })).toEqual([
      { path: "/", socket, authToken: true, websocket, ...rest },
    ]);
  });
});

describe("transports", () => {
  const read = (options: object) => readMounts({ sockets: { "/socket": { socket, ...options } } })[0];

  it("are WebSockets only, by default", () => {
    expect(read({})?.longpoll).toBeUndefined();
    expect(read({ websocket: true, longpoll: false })).toEqual(read({}));
  });

  it("may be both, or long polling only, which has defaults of its own", () => {
    const longpoll = {
      path: "/longpoll",
      window: 10_000,
      pubsubTimeout: 2_000,
      bodyTimeout: 15_000,
      maxBodySize: 1_500_000,
      maxBatchMessages: 100,
      maxBufferedBytes: 4_194_304,
      bufferTimeout: 10_000,
      checkOrigin: true,
    };
    expect(read({ longpoll: true })).toMatchObject({ longpoll, websocket: { path: "/websocket" } });
    expect(read({ longpoll: {}, websocket: false })).toEqual({
      path: "/socket",
      socket,
      authToken: false,
      longpoll,
      ...rest,
    });
    expect(read({ longpoll: { window: 1, path: "/lp" } })?.longpoll).toEqual({ ...longpoll, window: 1, path: "/lp" });
  });
});

describe("options are refused at start", () => {
  const mount = (options: object): EndpointOptions => ({ sockets: { "/socket": { socket, ...options } } });

  it.each<[string, EndpointOptions, string]>([
    ["none", {} as never, "createEndpoint needs sockets"],
    ["no socket", { sockets: {} }, "createEndpoint needs sockets"],
    ["unknown ones", { sockets: { "/": socket }, port: 1 } as never, 'createEndpoint has no option "port"'],
    ["unknown ones of a mount", mount({ authtoken: true }), 'sockets["/socket"] has no option "authtoken"'],
    ["unknown ones of a transport", mount({ websocket: { timeOut: 1 } }), 'has no option "timeOut"'],
    ["a path without a slash", { sockets: { socket } }, 'path "socket" must begin with "/"'],
    ["a transport's path without a slash", mount({ websocket: { path: "ws" } }), 'path "ws" must begin with "/"'],
    ["timeout 0", mount({ websocket: { timeout: 0 } }), ".timeout is 0: it must be a whole number above 0"],
    ["maxFrameSize 1.5", mount({ websocket: { maxFrameSize: 1.5 } }), ".maxFrameSize is 1.5"],
    ["maxBufferedBytes NaN", mount({ websocket: { maxBufferedBytes: Number.NaN } }), ".maxBufferedBytes is NaN"],
    [
      "a short secret",
      { ...mount({}), secretKeyBase: "nineteen bytes only" },
      "secretKeyBase must be a string of at least",
    ],
    ["a secret of another type", { ...mount({}), secretKeyBase: 1 } as never, "secretKeyBase must be a string"],
    ["maxConnections 0", { ...mount({}), maxConnections: 0 }, "maxConnections is 0: it must be a number above 0"],
    ["maxConnectionsPerIp NaN", { ...mount({}), maxConnectionsPerIp: Number.NaN }, "maxConnectionsPerIp is NaN"],
    ["a health path without a slash", { ...mount({}), health: "health" }, 'path "health" must begin with "/"'],
    ["no transport", mount({ websocket: false }), 'sockets["/socket"] has no transport'],
    ["unknown ones of long polling", mount({ longpoll: { windowMs: 1 } }), 'longpoll has no option "windowMs"'],
    ["window 0", mount({ longpoll: { window: 0 } }), "longpoll.window is 0"],
    ["maxBatchMessages 0.5", mount({ longpoll: { maxBatchMessages: 0.5 } }), "longpoll.maxBatchMessages is 0.5"],
    ["a long-poll path without a slash", mount({ longpoll: { path: "lp" } }), 'path "lp" must begin with "/"'],
    ["timeout of a text", mount({ websocket: { timeout: "1000" } }), ".timeout is 1000"],
  ])("%s", (_what, options, message) => {
    const read = (): unknown => readMounts(options);
    expect(read).toThrow(expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining(message) }));
  });
});
