import { room } from "./app.ts";

room.handleIn("rename", () => ({ name: "new" }));
