/**
 * Builds the page into the server's package: `page.js`, `page.css`, `index.html` and its icon, which `wingbeat/inspector` serves. What
 * it imports of this repository must have been compiled before (`tsc -b`).
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const web = join(import.meta.dirname, "web");
const page = join(import.meta.dirname, "../server/dist/inspector/page");

mkdirSync(page, { recursive: true });
await build({
  entryPoints: { page: join(web, "main.tsx") },
  outdir: page,
  bundle: true,
  format: "esm",
  target: "es2023",
  jsx: "automatic",
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});
for (const file of ["index.html", "icon.svg"]) copyFileSync(join(web, file), join(page, file));
