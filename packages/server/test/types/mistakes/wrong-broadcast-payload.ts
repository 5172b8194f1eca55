import { room } from "./app.ts";

room.handleIn("rename", (ctx) => {
  ctx.broadcast("new_msg", { id: 1, text: "hi" });
});
