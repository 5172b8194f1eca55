/** "plain:*" and "assigned:*": shows the assigns that the channel starts with. */
import { defineChannel, ok } from "wingbeat";

const SHOWN = ["from_route", "user_id"] as const;

export const plainChannel = defineChannel("plain:*")
  .assigns<{ user_id: unknown; from_route?: string }>()
  .join((ctx) => {
    const shown = SHOWN.filter((name) => name in ctx.assigns).map((name) => [name, ctx.assigns[name]]);
    return ok({ assigns: Object.fromEntries(shown) as Record<string, unknown> });
  })
  .handleIn("echo", (_ctx, payload) => ok(payload));
