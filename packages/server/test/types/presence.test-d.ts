/** Presence: metas, what fetch adds, and the events that a typed channel may push. */
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { definePresence } from "../../src/presence.ts";
import type { PresenceDiff, PresenceEntry, PresenceState } from "../../src/presence.ts";

interface Meta {
  readonly device: string;
  readonly typing: boolean;
}
interface User {
  readonly name: string;
}

const presence = definePresence<Meta>({ gracePeriod: 5_000 });
const named = definePresence<Meta, { user: User }>({
  name: "named",
  fetch: async (_topic, presences) => {
    expectTypeOf(presences).toEqualTypeOf<PresenceState<Meta>>();
    return Object.fromEntries(Object.entries(presences).map(([key, item]) => [key, { ...item, user: { name: key } }]));
  },
  handleMetas: (topic, { joins, leaves }, presences) => {
    expectTypeOf(topic).toEqualTypeOf<string>();
    expectTypeOf(joins).toEqualTypeOf<PresenceState<Meta, { user: User }>>();
    expectTypeOf(leaves).toEqualTypeOf<PresenceState<Meta, { user: User }>>();
    expectTypeOf(presences).toEqualTypeOf<PresenceState<Meta>>();
  },
});

// A channel that declares nothing may push everything.
const room = defineChannel("room:{id}")
  .assigns<{ id: number }>()
  .join((ctx) => {
    expectTypeOf(presence.track(ctx, ctx.assigns.id, { device: "phone", typing: false })).toEqualTypeOf<string>();
    presence.pushState(ctx);
    // @ts-expect-error: typing is missing
    presence.track(ctx, "key", { device: "phone" });
    // @ts-expect-error: no meta
    presence.track(ctx, "key");
    return ok();
  })
  .handleIn("typing", (ctx) => {
    presence.update(ctx, ctx.assigns.id, (meta) => {
      expectTypeOf(meta.phx_ref).toEqualTypeOf<string>();
      expectTypeOf(meta.phx_ref_prev).toEqualTypeOf<string | undefined>();
      return { ...meta, typing: true };
    });
    presence.update(ctx, "room:2", ctx.assigns.id, { device: "phone", typing: true });
    // @ts-expect-error: not the whole meta
    presence.update(ctx, ctx.assigns.id, { typing: true });
    presence.untrack(ctx);
    presence.untrack(ctx, ctx.assigns.id);
    return ok({ state: presence.list(ctx) });
  });

// One that declares its pushes adds the presence's events, as types or beside schemas.
const typed = defineChannel("typed:{id}")
  .pushes<{ new_msg: { body: string } } & typeof presence.events>()
  .join((ctx) => {
    presence.pushState(ctx);
    return ok();
  })
  .handleOut("presence_diff", (ctx, diff) => {
    expectTypeOf(diff).toEqualTypeOf<PresenceDiff<Meta>>();
    ctx.push("presence_diff", diff);
  });
const withSchemas = defineChannel("schemas:{id}")
  .pushes({ new_msg: z.object({ body: z.string() }), ...named.events })
  .join((ctx) => {
    named.pushState(ctx);
    // @ts-expect-error: users are missing in its presence_state
    presence.pushState(ctx);
    return ok();
  });
defineChannel("silent:{id}")
  .pushes<{ new_msg: { body: string } }>()
  .join((ctx) => {
    presence.track(ctx, "key", { device: "phone", typing: false });
    // @ts-expect-error: presence_state is not declared
    presence.pushState(ctx);
    return ok();
  });

type PushesOf<C extends { "~contract": { pushes: unknown } }> = C["~contract"]["pushes"];
expectTypeOf<PushesOf<typeof typed>["presence_diff"]["joins"]>().toEqualTypeOf<PresenceState<Meta>>();
expectTypeOf<PushesOf<typeof withSchemas>["presence_state"]>().toEqualTypeOf<PresenceState<Meta, { user: User }>>();
expectTypeOf<PushesOf<typeof withSchemas>["new_msg"]>().toEqualTypeOf<{ body: string }>();

// Outside of channels.
const endpoint = createEndpoint({
  sockets: { "/socket": defineSocket({ connect: () => ok({ id: 1 }), channels: [room, typed, withSchemas] }) },
  presence: [presence, named],
});
presence.track(endpoint, "room:1", "bot", { device: "server", typing: false });
expectTypeOf(presence.list(endpoint, "room:1")).toEqualTypeOf<PresenceState<Meta>>();
expectTypeOf(named.list(endpoint, "room:1")).toEqualTypeOf<Promise<PresenceState<Meta, { user: User }>>>();
expectTypeOf((await named.list(endpoint, "room:1"))["ada"]?.user.name).toEqualTypeOf<string | undefined>();
expectTypeOf(presence.getByKey(endpoint, "room:1", 7)).toEqualTypeOf<PresenceEntry<Meta> | undefined>();
expectTypeOf(presence.getByKey(endpoint, "room:1", 7)?.metas[0]?.typing).toEqualTypeOf<boolean | undefined>();
expectTypeOf(presence.count(endpoint, "room:1")).toEqualTypeOf<number>();
expectTypeOf(endpoint.nodes()).toEqualTypeOf<readonly string[]>();
// @ts-expect-error: an endpoint has no topic of its own
presence.list(endpoint);
// @ts-expect-error: what fetch adds is missing
definePresence<Meta, { user: User }>({ fetch: async (_topic, presences) => presences });
