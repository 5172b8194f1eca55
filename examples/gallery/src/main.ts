import { run } from "@wingbeat/example-site";
import { gallery } from "./gallery.ts";

await run("Wingbeat examples", gallery);
