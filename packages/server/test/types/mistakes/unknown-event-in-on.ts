import { channel } from "./app.ts";

channel.on("new_message", () => {});
