/** "bench:*": what load clients drive. */
import { defineChannel, ok } from "wingbeat";

export const benchChannel = defineChannel("bench:*")
  .join(() => ok())
  .handleIn("b", (ctx, payload) => ctx.broadcast("b", payload as object))
  .handleIn("e", (_ctx, payload) => ok(payload))
  .handleIn("n", () => undefined);
