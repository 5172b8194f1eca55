import { channel } from "./app.ts";

await channel.push("typing");
