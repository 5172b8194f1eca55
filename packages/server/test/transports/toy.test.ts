/**
 * A transport that only this file knows: one POST is one connection. Its lines are the client's frames; the answer are the
 * server's, as many as there were lines.
 */
import { describe, expect, it } from "vitest";
import { defineSocket, ok, refuse } from "../../src/index.ts";
import type { ConnectInfo } from "../../src/index.ts";
import { Refusal } from "../../src/transports.ts";
import type { TransportDefinition } from "../../src/transports.ts";
import { roomChannel, userSocket } from "../integration/room.ts";
import { serve } from "../integration/serve.ts";

const LINES = { encode: (data: string | Uint8Array) => `${String(data)}\n` };

const toy: TransportDefinition = {
  name: "toy",
  path: "/toy/:device",
  start: (mount) => ({
    async request(exchange, params) {
      const admitted = await mount.admit(exchange, params);
      if (admitted instanceof Refusal) return exchange.answer(admitted.answer);
      const body = await exchange.readBody(10_000, 1_000, { count: 0, bytes: 0 });
      if (typeof body === "string") return void mount.refuse(admitted, new Refusal("request", { status: 400 }, body));
      const frames = body.toString().split("\n");
      let answer = "";
      let left = frames.length;
      const end = (status: number): void => {
        handler.closed(status, "");
        exchange.answer({ status, body: answer });
      };
      const handler = mount.open(admitted, {
        transport: "toy",
        bufferedBytes: 0,
        send: (frame) => {
          answer += frame.as(LINES);
          if (--left === 0) end(200);
        },
        onWritable: () => {},
        close: () => end(400),
        pause: () => {},
        resume: () => {},
      });
      for (const frame of frames) handler.receive(frame, frame.length);
    },
    stop: async () => {},
  }),
};

const post = (url: string, ...frames: readonly unknown[]): Promise<Response> =>
  fetch(url.replace("ws:", "http:"), { method: "POST", body: frames.map((frame) => JSON.stringify(frame)).join("\n") });

const join = ["1", "1", "room:1", "phx_join", {}];

describe("a transport in one file", () => {
  it("carries joins and pushes, beside the others of the mount", async () => {
    const infos: ConnectInfo[] = [];
    const socket = defineSocket({
      connect: (params, info) => {
        infos.push(info);
        return ok({ name: String(params["device"]) });
      },
      channels: [roomChannel()],
    });
    const { url, endpoint } = await serve({ "/socket": { socket, longpoll: true, transports: [toy] } });
    const response = await post(url("/socket/toy/phone"), join, ["1", "2", "room:1", "count", {}]);
    const lines = (await response.text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      ["1", "1", "room:1", "phx_reply", { status: "ok", response: { id: "1", name: "phone", params: {} } }],
      ["1", "2", "room:1", "phx_reply", { status: "ok", response: { count: 1 } }],
    ]);
    expect(infos.map(({ transport }) => transport)).toEqual(["toy"]);
    expect(endpoint.connections).toBe(0);
  });

  it("may be the only one; everybody passes the mount's checks", async () => {
    const mount = { websocket: false, transports: [toy] };
    const refusing = defineSocket({ connect: () => refuse(), channels: [] });
    const { url } = await serve({
      "/socket": { ...mount, socket: userSocket() },
      "/closed": { ...mount, socket: refusing },
    });
    expect((await fetch(url().replace("ws:", "http:"))).status).toBe(404);
    expect((await post(url("/closed/toy/1"), join)).status).toBe(403);
    expect((await post(url("/socket/toy/1", { vsn: "9.0.0" }), join)).status).toBe(403);
    expect((await post(url("/socket/toy/1"), "no message")).status).toBe(400);
  });
});
