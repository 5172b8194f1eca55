/* oxlint-disable node/no-process-env -- this is the program */
import { run } from "@wingbeat/example-site";
import { gallery } from "./gallery.ts";
import { Programs } from "./programs.ts";

const programs = new Programs(process.env["HOST"] ?? "127.0.0.1");
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void programs.close());

await run("Wingbeat examples", (shared) => gallery(shared, programs));
