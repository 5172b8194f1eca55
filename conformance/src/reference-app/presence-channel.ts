/** "presence:*": who is on the topic. */
import { defineChannel, definePresence, ok, refuse, WingbeatError } from "wingbeat";
import { mapOnly } from "./payload.ts";
import type { JsonObject } from "./payload.ts";
import type { UserAssigns } from "./who.ts";

export const presence = definePresence<JsonObject>();

const keyOf = ({ user_id: userId }: UserAssigns): string => String(userId ?? "anon");

export const presenceChannel = defineChannel("presence:*")
  .assigns<UserAssigns>()
  .info<{ readonly afterJoin: unknown }>()
  .join((ctx, payload) => {
    ctx.send({ afterJoin: payload });
    return ok();
  })
  .handleInfo((ctx, message) => {
    if (!("afterJoin" in message)) return;
    // Access to a field of nil gives nil in Elixir: a join without a payload tracks all the same.
    const {
      notrack,
      state_first: stateFirst,
      device,
    } = message.afterJoin === null ? ({} as JsonObject) : mapOnly(message.afterJoin);
    if (notrack === true) {
      presence.pushState(ctx);
    } else if (stateFirst === true) {
      presence.pushState(ctx);
      presence.track(ctx, keyOf(ctx.assigns), { online_at: "t" });
    } else {
      const isNamed = device !== undefined && device !== null && device !== false;
      presence.track(ctx, keyOf(ctx.assigns), isNamed ? { online_at: "t", device } : { online_at: "t" });
      presence.pushState(ctx);
    }
  })
  .handleIn("update_meta", (ctx, payload) => {
    const meta = { ...mapOnly(payload), online_at: "t" };
    return ok({ phx_ref: presence.update(ctx, keyOf(ctx.assigns), meta) });
  })
  .handleIn("update_merge", (ctx, payload) => {
    presence.update(ctx, keyOf(ctx.assigns), (meta) => ({ ...meta, ...mapOnly(payload) }));
  })
  .handleIn("untrack", (ctx) => {
    presence.untrack(ctx, keyOf(ctx.assigns));
    return ok();
  })
  .handleIn("track_again", (ctx) =>
    answer("WB_ALREADY_TRACKED", ":already_tracked", () =>
      presence.track(ctx, keyOf(ctx.assigns), { online_at: "again" }),
    ),
  )
  .handleIn("track_as", (ctx, payload) => {
    const { key, meta } = mapOnly(payload);
    if (typeof key !== "string") throw new TypeError("no clause for a key that is no text");
    return ok({ phx_ref: presence.track(ctx, key, mapOnly(meta ?? {})) });
  })
  .handleIn("update_untracked", (ctx) =>
    answer("WB_NOT_TRACKED", ":nopresence", () => presence.update(ctx, "nobody", { a: 1 })),
  )
  .handleIn("list", (ctx) => ok(presence.list(ctx)))
  .handleIn("state", (ctx) => presence.pushState(ctx))
  .handleIn("crash", () => {
    throw new Error("presence handler crash");
  });

/** The ref, or an error reply with the reason as Elixir's `inspect` shows it. */
function answer(code: string, reason: string, change: () => string) {
  try {
    return ok({ phx_ref: change() });
  } catch (failure) {
    if (failure instanceof WingbeatError && failure.code === code) return refuse({ reason });
    throw failure;
  }
}
