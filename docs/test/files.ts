/** The built site: its files, and a server of them, as GitHub Pages serves them. */
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const dist = join(import.meta.dirname, "../.vitepress/dist");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

const filesBelow = (folder: string): string[] =>
  readdirSync(join(dist, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );

/** Paths of all files, as `guide/start.html`. */
export const files: ReadonlySet<string> = new Set(filesBelow(""));

export const readFile = (path: string): Buffer => readFileSync(join(dist, path));

/** The file that is served at a path of the site: `/guide/start`, `/reference/api/`. */
export function fileAt(pathname: string): string | undefined {
  const path = decodeURIComponent(pathname).slice(1);
  const candidates = path === "" || path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
  return candidates.find((candidate) => files.has(candidate));
}

export async function serveSite(): Promise<{ url: string; server: Server }> {
  if (!existsSync(dist)) throw new Error('nothing is built: run "npm run docs:build"');
  const server = createServer((request, response) => {
    const file = fileAt(new URL(request.url ?? "/", "http://site").pathname);
    response.writeHead(file === undefined ? 404 : 200, { "content-type": TYPES[extname(file ?? ".html")] ?? "" });
    response.end(readFile(file ?? "404.html"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
