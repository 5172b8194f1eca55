/** SvelteKit on its adapter for Node, with `@wingbeat/svelte`. Needs Node 22. */
import { join } from "node:path";
import { checkRendered } from "../rendered.mjs";

const modules = join(import.meta.dirname, "../node_modules");

export const check = () =>
  checkRendered({
    name: "sveltekit",
    title: "SvelteKit",
    node: join(modules, "node-22/bin/node"),
    build: [join(modules, "vite/bin/vite.js"), "build"],
    serve: ["build/index.js"],
  });
