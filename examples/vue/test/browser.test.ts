import { fileURLToPath } from "node:url";
import { describeChat } from "../../site/test/chat.ts";
import { chat } from "../src/server.ts";

describeChat({
  framework: "Vue",
  example: fileURLToPath(new URL("..", import.meta.url)),
  chat,
  component: "Room.vue",
  edit: (source) =>
    source
      .replace('const body = ref("");', 'const body = ref("");\nconst title = "Present";')
      .replace("Here: ", "{{ title }}: "),
});
