import { room } from "./app.ts";

room.handleIn("rename", async () => {
  return { name: "new" };
});
