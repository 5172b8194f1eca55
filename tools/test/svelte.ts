/** Components of Svelte in tests: with a DOM as pages have them, otherwise as servers have them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vitest/config";

type Exports = Readonly<Record<string, { readonly browser?: string }>>;

const manifest = new URL("../../node_modules/svelte/package.json", import.meta.url);
const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly exports: Exports };

/** Not by the condition `browser` for all packages: `ws` has a file for it, too, in which there is no server. */
const inPages: Plugin = {
  name: "svelte-in-pages",
  enforce: "pre",
  applyToEnvironment: ({ name }) => name === "client",
  resolveId(id) {
    const file = /^svelte(\/|$)/.test(id) ? exports[id.replace("svelte", ".")]?.browser : undefined;
    return file === undefined ? undefined : fileURLToPath(new URL(file, manifest));
  },
};

export const svelteComponents = [inPages, svelte({ configFile: false })];
