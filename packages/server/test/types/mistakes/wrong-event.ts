import { channel } from "./app.ts";

void channel.push("new_message", { body: "hi" });
