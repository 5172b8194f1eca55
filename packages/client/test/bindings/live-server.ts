/** A real server for the hooks, which notes connections, joins and ends of channels. */
import { createEndpoint, defineChannel, defineSocket, ok, refuse, stop } from "wingbeat";
import type { Endpoint } from "wingbeat";
import { z } from "zod";

const roomOf = (log: string[]) =>
  defineChannel("room:{id}")
    .pushes<{ new_msg: { body: string }; topic_changed: { to: string } }>()
    .join(z.object({ since: z.number().optional() }), (ctx, params) => {
      log.push(`join ${ctx.topic} ${JSON.stringify(params)}`);
      return ctx.params.id === "secret" ? refuse({ reason: "unauthorized" }) : ok({ since: params.since ?? 0 });
    })
    .handleIn("new_msg", z.object({ body: z.string() }), (ctx, message) => {
      ctx.broadcast("new_msg", message);
      return ok({ id: 7 });
    })
    .handleIn("crash", () => {
      throw new Error("as asked for");
    })
    .handleIn("end", () => stop())
    .handleIn("out", (ctx) => ctx.disconnect("too loud"))
    .reauthorize((ctx) => (ctx.params.id === "adults" ? refuse({ min: 18 }) : ok()))
    .terminate((ctx, reason) => void log.push(`${reason} ${ctx.topic}`));

interface Person {
  readonly metas: readonly { readonly phx_ref: string; readonly device: string }[];
  readonly user: { readonly name: string };
}
type People = Record<string, Person>;
export const person = (name: string, ...devices: string[]): Person => ({
  metas: devices.map((device) => ({ phx_ref: `${name}'s ${device}`, device })),
  user: { name },
});

/** Pushes the presence that it is asked for, and Ada's after the join. */
const people = defineChannel("people:{id}")
  .pushes<{
    presence_state: People;
    presence_diff: { joins: People; leaves: People };
    presence_count: { count: number };
  }>()
  .info<"joined">()
  .join((ctx) => {
    ctx.send("joined");
    return ok();
  })
  .handleInfo((ctx) => {
    if (ctx.params.id === "huge") ctx.push("presence_count", { count: 70_000 });
    else ctx.push("presence_state", { ada: person("Ada", "phone") });
  })
  .handleIn("diff", (ctx, diff) => {
    ctx.push("presence_diff", diff as { joins: People; leaves: People });
    return ok();
  });

const socketOf = (log: string[]) =>
  defineSocket({
    connect: (params) => {
      log.push(params["token"] === undefined ? "connect" : `connect ${String(params["token"])}`);
      if (params["token"] === "bad") return refuse({ why: "bad token" });
      return ok({}, { expiresAt: params["token"] === "short" ? Date.now() + 1_500 : undefined });
    },
    channels: [roomOf(log), people],
  });

/** What clients know of the server. */
export type UserSocket = ReturnType<typeof socketOf>;

export interface LiveServer {
  readonly url: string;
  /** What the server has seen: `connect`, `join room:1 {}`, `left room:1`. */
  readonly log: readonly string[];
  stop(): Promise<void>;
  /** After `stop`: at the same address. */
  start(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function liveServer(): Promise<LiveServer> {
  const log: string[] = [];
  const listen = async (port: number): Promise<readonly [Endpoint, number]> => {
    const endpoint = createEndpoint({ sockets: { "/socket": socketOf(log) }, logger: false });
    return [endpoint, (await endpoint.listen(port, "127.0.0.1")).port];
  };
  let [endpoint, port] = await listen(0);
  const stop = () => endpoint.close();
  const start = async () => {
    [endpoint, port] = await listen(port);
  };
  return {
    url: `ws://127.0.0.1:${port}/socket`,
    log,
    stop,
    start,
    restart: async () => {
      await stop();
      await start();
    },
    close: stop,
  };
}
