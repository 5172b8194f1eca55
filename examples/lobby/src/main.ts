import { run } from "@wingbeat/example-site";
import { lobby } from "./server.ts";

await run("Wingbeat lobby", { examples: { "/": lobby() } });
