/** Nuxt's own server for Node, with `@wingbeat/vue`. Needs Node 22. */
import { join } from "node:path";
import { checkRendered } from "../rendered.mjs";

const modules = join(import.meta.dirname, "../node_modules");

export const check = () =>
  checkRendered({
    name: "nuxt",
    title: "Nuxt",
    node: join(modules, "node-22/bin/node"),
    build: [join(modules, "nuxt/bin/nuxt.mjs"), "build"],
    serve: [".output/server/index.mjs"],
  });
