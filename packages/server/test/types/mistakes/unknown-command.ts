import { room } from "./app.ts";

room.handleCommand("kick", () => {});
