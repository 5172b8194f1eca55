/** Serves the page: three files. Its TypeScript is bundled when the server starts. */
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const path = (name: string) => fileURLToPath(new URL(`../page/${name}`, import.meta.url));
const bundle = buildSync({ entryPoints: [path("main.ts")], bundle: true, format: "esm", write: false });

const files: Record<string, readonly [type: string, content: string]> = {
  "/": ["text/html", readFileSync(path("index.html"), "utf8")],
  "/style.css": ["text/css", readFileSync(path("style.css"), "utf8")],
  "/main.js": ["text/javascript", bundle.outputFiles[0]?.text ?? ""],
};

export const givePage: RequestListener = (request, response) => {
  const [name = "/"] = (request.url ?? "/").split("?");
  const [type, content] = files[name] ?? ["text/plain", "There is nothing here.\n"];
  response.writeHead(name in files ? 200 : 404, { "content-type": `${type}; charset=utf-8` }).end(content);
};
