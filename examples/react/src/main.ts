import { run } from "@wingbeat/example-site";
import { chat } from "./server.ts";

await run("Wingbeat with React", { examples: { "/": chat() } });
