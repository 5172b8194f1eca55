import { channel } from "./app.ts";

export const { ident } = await channel.push("new_msg", { body: "hi" });
