import { run } from "@wingbeat/example-site";
import { rooms } from "./server.ts";

await run("Wingbeat rooms", { examples: { "/": rooms() } });
