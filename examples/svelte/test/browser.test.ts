import { fileURLToPath } from "node:url";
import { describeChat } from "../../site/test/chat.ts";
import { chat } from "../src/server.ts";

describeChat({
  framework: "Svelte",
  example: fileURLToPath(new URL("..", import.meta.url)),
  chat,
  component: "Room.svelte",
  edit: (source) => source.replace("Here: ", "Present: "),
});
