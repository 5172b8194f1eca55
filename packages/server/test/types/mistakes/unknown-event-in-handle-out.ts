import { room } from "./app.ts";

room.handleOut("renamed", (ctx, payload) => ctx.push("new_msg", payload));
