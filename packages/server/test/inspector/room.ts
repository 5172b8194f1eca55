/** What runs on each node of these tests. Programs use it, too: it knows no test runner. */
import { defineChannel, definePresence, defineSocket, ok, refuse, reply } from "../../src/index.ts";
import type { Inspection } from "../../src/inspector/inspection.ts";
import type { QueryOf, ViewName } from "../../src/inspector/model.ts";

/** A presence, one for each endpoint that shares this module. */
export const presence = definePresence<{ device: string }>({ name: "people" });

/** What a node is asked by a client. */
export interface Question {
  readonly view: ViewName;
  readonly query: QueryOf<ViewName>;
}

function room(pattern: string, waits: Promise<void>) {
  return defineChannel(pattern)
    .join((ctx, params) => {
      if ((params as { refuse?: boolean }).refuse === true) return refuse("no");
      if (pattern === "room:*") presence.track(ctx, (ctx.assigns as { name: string }).name, { device: "test" });
      return ok();
    })
    .handleIn("say", (ctx, payload: unknown) => {
      ctx.broadcast("said", payload as object);
      return reply("ok", { stored: true });
    })
    .handleIn("wait", async () => {
      await waits;
      return ok();
    })
    .handleIn("crash", (_ctx, payload: unknown) => {
      throw new Error(`cannot take ${JSON.stringify(payload)}`);
    })
    .handleIn("throw", (_ctx, payload: unknown) => {
      throw hostileErrors[(payload as { n: number }).n];
    });
}

/** What a handler may throw that resists being looked at. */
export const hostileErrors: readonly unknown[] = [
  undefined,
  "text".repeat(100_000),
  Object.defineProperty(new Error("x"), "stack", {
    get: () => {
      throw new Error("no stack");
    },
  }),
  new Proxy(new Error("x"), {
    get: () => {
      throw new Error("no");
    },
  }),
  Object.defineProperty({}, "message", {
    get: () => {
      throw new Error("no");
    },
  }),
  Object.assign(new Error("m".repeat(100_000)), { cause: new Error("deep", { cause: new Error("deeper") }) }),
  Object.create(null),
];

/** A node that answers for its inspector, on topic `inspector`. */
const asking = (inspection: () => Inspection) =>
  defineChannel("inspector")
    .join((ctx) => ok({ node: ctx.endpoint.pubsub.nodeName }))
    .handleIn("ask", async (_ctx, question: unknown) => {
      const { view, query } = question as Question;
      return reply("ok", await inspection().ask(view, query));
    });

/** `waits`: what the handlers of `wait` wait for. */
export function socketOf(waits: Promise<void>, inspection: () => Inspection) {
  return defineSocket({
    connect: ({ name }) => (name === "nobody" ? refuse("nobody") : ok({ name: String(name) })),
    id: ({ name }) => `user:${name}`,
    channels: [asking(inspection), room("room:*", waits), room("*", waits)],
    eventsPerSecond: Infinity,
    joinsPerSecond: Infinity,
    maxChannels: 100_000,
    bytesPerSecond: 1e12,
  });
}
