import { run } from "@wingbeat/example-site";
import { notifications } from "./server.ts";

await run("Wingbeat notifications", (shared) => ({ examples: { "/": notifications(shared) } }));
