import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../index.ts";
import { readMounts } from "./config.ts";
import type { EndpointOptions } from "./config.ts";

const socket = defineSocket({ connect: () => ok(), channels: [defineChannel("lobby").join(() => ok())] });

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
          maxFrameSize: 10_000_000,
          bufferLimit: 4_194_304,
          subprotocols: [],
          compress: false,
          checkOrigin: true,
        },
      },
    ]);
  });

  it("take the endpoint's checkOrigin unless they have their own", () => {
    const mounts = readMounts({
      checkOrigin: ["//example.com"],
      sockets: { "/a": { socket }, "/b": { socket, websocket: { checkOrigin: false } } },
    });
    expect(mounts.map(({ websocket }) => websocket.checkOrigin)).toEqual([["//example.com"], false]);
  });

  it("keep what is given", () => {
    const websocket = {
      path: "/ws/:id",
      timeout: 1,
      maxFrameSize: 2,
      bufferLimit: 3,
      subprotocols: ["a"],
      compress: true,
      checkOrigin: "conn",
      errorHandler: () => ({ status: 429 }),
    } as const;
    expect(readMounts({ sockets: { "/": { socket, authToken: true, websocket } } })).toEqual([
      { path: "/", socket, authToken: true, websocket },
    ]);
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
    ["bufferLimit NaN", mount({ websocket: { bufferLimit: Number.NaN } }), ".bufferLimit is NaN"],
    ["timeout of a text", mount({ websocket: { timeout: "1000" } }), ".timeout is 1000"],
  ])("%s", (_what, options, message) => {
    const read = (): unknown => readMounts(options);
    expect(read).toThrow(expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining(message) }));
  });
});
