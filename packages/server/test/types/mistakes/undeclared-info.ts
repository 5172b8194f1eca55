import { defineChannel, ok } from "wingbeat";
import type { room } from "./app.ts";

defineChannel("lobby")
  .talksTo<typeof room>()
  .join((ctx) => {
    ctx.send("after_join");
    return ok();
  });
