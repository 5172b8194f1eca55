/** What can be awaited of a push, and where a push may stand for a promise. */
import { Socket } from "@wingbeat/client";
import { expectTypeOf } from "vitest";
import { defineChannel, defineSocket, ok, refuse, reply, stop } from "wingbeat";

const room = defineChannel("room")
  .join(() => ok({ n: 1 }))
  .handleIn("never", () => {})
  .handleIn("never later", async () => {})
  .handleIn("stops", () => stop())
  .handleIn("sometimes", (_ctx, payload) => {
    if (payload === 1) return ok({ n: 1 });
    return undefined;
  })
  .handleIn("sometimes later", async (_ctx, payload) => {
    if (payload === 1) return ok({ n: 1 });
    return undefined;
  })
  .handleIn("refuses", (_ctx, payload) => {
    if (payload === 1) return refuse({ reason: "one" as const });
    return undefined;
  })
  .handleIn("busy", () => reply("busy", { seconds: 1 }))
  .handleIn("always", () => ok({ n: 1 }));
const channel = new Socket<{ "~contract": (typeof userSocket)["~contract"] }>("/socket").channel("room");
const userSocket = defineSocket({ connect: () => ok(), channels: [room] });

// An event that is never answered may be pushed, but not awaited.
channel.push("never");
void channel.push("never").catch(() => {});
// @ts-expect-error: its handler never replies
await channel.push("never");
// @ts-expect-error: its handler never replies
await channel.push("never later");
// @ts-expect-error: its handler never replies
void channel.push("never").then(() => {});

// One that is sometimes answered resolves with the reply, or with {}: our server says that it was handled.
expectTypeOf(await channel.push("sometimes")).toEqualTypeOf<{ n: number } | Record<never, never>>();
expectTypeOf(await channel.push("sometimes later")).toEqualTypeOf<{ n: number } | Record<never, never>>();
const maybe = await channel.push("sometimes");
if ("n" in maybe) expectTypeOf(maybe.n).toEqualTypeOf<number>();
expectTypeOf(await channel.push("refuses")).toEqualTypeOf<Record<never, never>>();
expectTypeOf(await channel.push("always")).toEqualTypeOf<{ n: number }>();
expectTypeOf(await channel.push("busy")).toEqualTypeOf<never>();

// One that is retried has the types of any other.
expectTypeOf(await channel.push("always", {}, { retry: true })).toEqualTypeOf<{ n: number }>();
expectTypeOf(await channel.push("refuses", {}, { retry: true, resend: true })).toEqualTypeOf<Record<never, never>>();
channel
  .push("refuses", {}, { retry: true })
  .receive("error", ({ reason }) => expectTypeOf(reason).toEqualTypeOf<string>());

// A push goes where a promise goes.
const promised = (promise: Promise<{ n: number }>): Promise<{ n: number }> => promise;
const like = (promise: PromiseLike<{ n: number }>): PromiseLike<{ n: number }> => promise;
void promised(channel.push("always"));
void like(channel.push("always"));
void promised(channel.join());
expectTypeOf(await Promise.race([channel.push("always"), channel.join()])).toEqualTypeOf<{ n: number }>();
