/** A real server for bindings, which notes connections, joins and ends of channels. */
import { createEndpoint, defineChannel, definePresence, defineSocket, ok, refuse, stop } from "wingbeat";
import { z } from "zod";

/** `room:slow` lets nobody in until it is opened. */
class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

const roomOf = (log: string[], gate: Gate) =>
  defineChannel("room:{id}")
    .pushes<{ new_msg: { body: string }; topic_changed: { to: string } }>()
    .dedupe()
    .join(z.object({ since: z.number().optional() }), async (ctx, params) => {
      log.push(`join ${ctx.topic} ${JSON.stringify(params)}`);
      if (ctx.params.id === "slow") await gate.opened;
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

/** Who is in a team, by name. Each may change what they do. */
const presence = definePresence<{ readonly status: string }>();
const team = defineChannel("team:{id}")
  .pushes({ ...presence.events })
  .join(z.object({ name: z.string() }), (ctx, { name }) => {
    presence.track(ctx, name, { status: "here" });
    presence.pushState(ctx);
    return ok();
  })
  .handleIn("status", z.object({ name: z.string(), status: z.string() }), (ctx, { name, status }) => {
    presence.update(ctx, name, { status });
    return ok();
  });

/** The last three messages are kept. */
const news = defineChannel("news:{id}")
  .pushes<{ news: { n: number } }>()
  .history({ size: 3 })
  .join(() => ok());

/** Everybody sees who is typing. */
const board = defineChannel("board:{id}")
  .assigns<{ name?: string }>()
  .ephemeral("typing", { key: (ctx) => ctx.assigns.name ?? "", every: 1 })
  .join(z.object({ name: z.string() }), (ctx, { name }) => {
    ctx.assign({ name });
    return ok();
  });

const socketOf = (log: string[], gate: Gate) =>
  defineSocket({
    id: () => "user",
    connect: (params) => {
      log.push(params["token"] === undefined ? "connect" : `connect ${String(params["token"])}`);
      if (params["token"] === "bad") return refuse({ why: "bad token" });
      return ok({}, { expiresAt: params["token"] === "short" ? Date.now() + 1_500 : undefined });
    },
    channels: [roomOf(log, gate), people, team, news, board],
  });

/** What clients know of the server. */
export type UserSocket = ReturnType<typeof socketOf>;

const serve = (log: string[], gate: Gate) =>
  createEndpoint({ sockets: { "/socket": socketOf(log, gate) }, presence: [presence], logger: false });

export interface LiveServer {
  readonly url: string;
  /** What the server has seen: `connect`, `join room:1 {}`, `left room:1`. */
  readonly log: readonly string[];
  /** The one that listens now. */
  readonly endpoint: ReturnType<typeof serve>;
  /** Opens `room:slow`. */
  letIn(): void;
  /** Closes all connections; clients may come back at once. */
  cut(): void;
  stop(): Promise<void>;
  /** After `stop`: at the same address. */
  start(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function liveServer(): Promise<LiveServer> {
  const log: string[] = [];
  const gate = new Gate();
  const listen = async (port: number) => {
    const endpoint = serve(log, gate);
    return [endpoint, (await endpoint.listen(port, "127.0.0.1")).port] as const;
  };
  let [endpoint, port] = await listen(0);
  const stop = () => endpoint.close();
  const start = async () => {
    [endpoint, port] = await listen(port);
  };
  return {
    url: `ws://127.0.0.1:${port}/socket`,
    log,
    get endpoint() {
      return endpoint;
    },
    letIn: () => gate.open(),
    cut: () => endpoint.broadcast("user", "disconnect", {}),
    stop,
    start,
    restart: async () => {
      await stop();
      await start();
    },
    close: stop,
  };
}
