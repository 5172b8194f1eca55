import { channel } from "./app.ts";

void channel.push("new_msg", { text: "hi" });
