import { run } from "@wingbeat/example-site";
import { forum } from "./server.ts";

await run("Wingbeat forum", (shared) => ({ examples: { "/": forum(shared) } }));
