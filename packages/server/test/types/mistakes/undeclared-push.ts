import { room } from "./app.ts";

room.handleIn("rename", (ctx) => ctx.push("renamed", { name: "new" }));
