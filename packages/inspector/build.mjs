/**
 * Builds the page into the server's package: `page.js`, `page.css` and `index.html`, which `wingbeat/inspector` serves. What
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
copyFileSync(join(web, "index.html"), join(page, "index.html"));
