/** A channel of every kind, as careless with what clients send as an application can be. */
import { z } from "zod";
import { Broadcast, defineChannel, definePresence, ok, refuse, stop } from "../../../src/index.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const presence = definePresence<object>({ broadcastPeriod: 500 });

interface Anything {
  readonly [key: string]: unknown;
}

/** Answers with what it was sent. */
const echo = defineChannel("echo:{id}")
  .join((_ctx, params) => ok(params))
  .handleIn("echo", (_ctx, payload) => ok(payload))
  .handleIn("fail", (_ctx, payload) => refuse(payload))
  .handleIn("push", (ctx, payload) => ctx.push("pushed", payload as object))
  .handleIn("any:*", (ctx) => ok({ event: ctx.event, ref: ctx.ref, joinRef: ctx.joinRef }));

/** The same, asynchronous; `never` does not settle. */
const slow = defineChannel("slow:{id}")
  .join(async (_ctx, params) => {
    await later(5);
    return ok(params);
  })
  .handleIn("echo", async (_ctx, payload) => {
    await turn();
    return ok(payload);
  })
  .handleIn("push", async (ctx, payload) => {
    await turn();
    ctx.push("pushed", payload as object);
  })
  .handleIn("never", () => new Promise<void>(() => {}));

const text = z.object({ text: z.string().max(100), tags: z.array(z.string()).optional() });
/** Takes what fits a schema, and nothing else. */
const schema = defineChannel("schema:{id}")
  .join(z.object({ name: z.string().optional() }), (_ctx, params) => ok(params))
  .handleIn("echo", text, (_ctx, payload) => ok(payload))
  .handleIn("relay", text, (ctx, payload) => ctx.broadcast("relayed", payload))
  .handleIn("push", z.record(z.string(), z.unknown()), (ctx, payload) => ctx.push("pushed", payload));

/** Intercepts what is broadcast, and reads it without a look at what it is. */
const out = defineChannel("out:{id}")
  .pushes<{ relayed: Anything; whispered: Anything }>()
  .join(() => ok())
  .handleIn("relay", (ctx, payload) => ctx.broadcast("relayed", payload as Anything))
  .handleIn("whisper", (ctx, payload) => ctx.broadcastFrom("whispered", payload as Anything))
  .handleOut("relayed", (ctx, payload) => ctx.push("relayed", { ...payload, keys: Object.keys(payload).length }))
  .handleOut("whispered", async (ctx, payload) => {
    await turn();
    ctx.push("whispered", payload);
  });

/** Sends what it gets to everybody, unchecked. */
const relay = defineChannel("relay:{id}")
  .join(() => ok())
  .handleIn("relay", (ctx, payload) => ctx.broadcast("relayed", payload as object))
  .handleIn("whisper", (ctx, payload) => ctx.broadcastFrom("whispered", payload as object))
  .handleIn("any:*", (ctx, payload) => ctx.broadcast(String(ctx.event), payload as object));

/** Tracks whatever it is told to. */
const room = defineChannel("presence:{id}")
  .join((ctx, params) => {
    presence.track(ctx, ctx.id ?? "nobody", params as object);
    presence.pushState(ctx);
    return ok();
  })
  .handleIn("track", (ctx, payload) => {
    presence.track(ctx, (payload as { key: string }).key, payload as object);
    return ok();
  })
  .handleIn("update", (ctx, payload) => ok({ ref: presence.update(ctx, ctx.id ?? "nobody", payload as object) }))
  .handleIn("untrack", (ctx) => presence.untrack(ctx))
  .handleIn("list", (ctx) => ok({ count: presence.count(ctx) }));

/** Throws what cannot be shown, and what a client has written. */
const THROWN: readonly ((payload: unknown) => unknown)[] = [
  (payload) => new Error(`refused: ${JSON.stringify(payload)?.slice(0, 2_000)}`),
  (payload) => new Error((payload as { text: string }).text),
  (payload) => payload,
  () => null,
  () => undefined,
  () => Object.create(null),
  () => ({
    toString() {
      throw new Error("no text");
    },
  }),
  () => ({
    get stack() {
      throw new Error("no stack");
    },
  }),
  () => Symbol("thrown"),
  () => new Proxy({}, { get: () => Math.floor(undefined as never) }),
];
let thrown = 0;
function crash(payload: unknown): never {
  throw THROWN[thrown++ % THROWN.length]?.(payload);
}

const crashing = defineChannel("crash:{id}")
  .join((_ctx, params) => ((params as { crash?: boolean }).crash === true ? crash(params) : ok()))
  .handleIn("throw", (_ctx, payload) => crash(payload))
  .handleIn("echo", async (_ctx, payload) => {
    await turn();
    return crash(payload);
  })
  .handleIn("push", (_ctx, payload) => payload as never)
  .handleIn("relay", (ctx) => ctx.send("crash"))
  .handleInfo(crash)
  .terminate(crash);

const stopping = defineChannel("stop:{id}")
  .join((_ctx, params) => ((params as { refuse?: unknown }).refuse === undefined ? ok() : refuse(params)))
  .handleIn("stop", (_ctx, payload) => stop((payload as { reason: string }).reason, ok(payload)))
  .handleIn("echo", () => stop())
  .handleIn("throw", () => stop("broken"))
  .handleIn("push", async (ctx, payload) => {
    ctx.push("pushed", payload as object);
    await turn();
    return stop("shutdown", refuse(payload));
  })
  .terminate((ctx, _reason, detail) => ctx.push("terminated", { detail }));

/** Answers when the handler has returned, and once more when the channel may be gone. */
const answering = defineChannel("later:{id}")
  .join(() => ok())
  .handleIn("echo", (ctx, payload) => {
    const ref = ctx.socketRef();
    const reply = (): void => {
      try {
        ref.reply(ok(payload));
      } catch {
        // What cannot be written is not answered.
      }
    };
    setImmediate(reply);
    setTimeout(reply, 20);
    return ref;
  });

/** Subscribes to what it is told, and passes on what comes. */
const informed = defineChannel("info:{id}")
  .join((ctx) => {
    ctx.subscribe("relay:1");
    return ok();
  })
  .handleIn("subscribe", (ctx, payload) => ctx.subscribe((payload as { topic: string }).topic))
  .handleIn("send", (ctx, payload) => ctx.send(payload))
  .handleIn("later", (ctx, payload) => void ctx.sendAfter(payload, (payload as { ms: number }).ms))
  .handleInfo((ctx, message) =>
    message instanceof Broadcast ? ctx.push("told", message.payload as object) : ctx.push("told", { message }),
  );

/** Where bystanders meet. Everybody may join and make noise; who says something is said by the server. */
const hall = defineChannel("hall")
  .join(() => ok())
  .handleIn("say", (ctx, payload) => ctx.broadcast("said", { from: ctx.id, n: (payload as { n: number }).n }))
  .handleIn("relay", (ctx, payload) => ctx.broadcast("noise", payload as object));

/** A topic for one client, with a key to it. */
const secret = defineChannel("private:{id}")
  .join((ctx, params) => ((params as { key: string }).key === `key-${ctx.params.id}` ? ok() : refuse()))
  .handleIn("echo", (_ctx, payload) => ok(payload))
  .handleIn("tell", (ctx, payload) => ctx.broadcast("told", payload as object));

export const channels = [
  echo,
  slow,
  schema,
  out,
  relay,
  room,
  crashing,
  stopping,
  answering,
  informed,
  hall,
  secret,
] as const;
