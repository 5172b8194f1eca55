/** The channels of a node: a room, and one whose messages are hidden from some of its clients. */
import { defineChannel, ok } from "../../../src/index.ts";
import type { Publisher } from "./publisher.ts";
import { saidIn } from "./said.ts";
import type { Said, Wish } from "./said.ts";
import { SIZE } from "./settings.ts";

const RULE = { size: SIZE, ttl: 3_600_000, maxBytes: 64_000_000 };

export function channels(publisher: Publisher, clients: Set<string>) {
  const define = <Pattern extends string>(pattern: Pattern) =>
    defineChannel(pattern)
      .assigns<{ client?: string }>()
      .history(RULE)
      .join((ctx, params) => {
        const { client } = params as { client: string };
        ctx.assign({ client });
        clients.add(client);
        return ok();
      })
      .handleIn("say", async (ctx, payload) => {
        if (publisher.isOver) return ok();
        const said = publisher.make();
        switch ((payload as Wish).how) {
          case "publish":
            await publisher.publish(ctx.topic, said, () => ctx.publish("said", said));
            break;
          case "broadcast":
            publisher.broadcast(ctx.topic, said, [], () => ctx.broadcast("said", said));
            break;
          case "from":
            publisher.broadcast(ctx.topic, said, [ctx.assigns.client as string], () => ctx.broadcastFrom("said", said));
        }
        return ok({ id: said.id });
      });

  return [
    define("room:{id}"),
    define("veiled:{id}")
      .handleOut("said", async (ctx, payload) => {
        // Some take a while, others none.
        if ((payload as Said).padding.length % 2 === 1) await new Promise((resolve) => setImmediate(resolve));
        if ((payload as Said).hidden.includes(ctx.assigns.client as string)) return;
        ctx.push("said", payload as Said);
      })
      .handleOut("bytes", (ctx, payload) => {
        if (saidIn(payload).hidden.includes(ctx.assigns.client as string)) return;
        ctx.push("bytes", payload as Uint8Array);
      }),
  ];
}
