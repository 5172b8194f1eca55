import { fileURLToPath } from "node:url";
import { describeChat } from "../../site/test/chat.ts";
import { chat } from "../src/server.ts";

describeChat({
  framework: "React",
  example: fileURLToPath(new URL("..", import.meta.url)),
  chat,
  component: "room.tsx",
  // Another hook: React mounts the component anew.
  edit: (source) =>
    source
      .replace('useState("");', 'useState("");\n  const [title] = useState("Present");')
      .replace("Here: ", "{title}: "),
});
