import { readdir, readFile } from "node:fs/promises";
import type { RequestListener, Server } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Serves the page: from its sources by Vite in development, otherwise from the output of `npm run build`. */
export function pageListener(server: Server, isDev: boolean): Promise<RequestListener> {
  return isDev ? fromSources(server) : fromBuild();
}

async function fromSources(server: Server): Promise<RequestListener> {
  const { createServer } = await import("vite");
  const vite = await createServer({
    root: fileURLToPath(new URL("../web", import.meta.url)),
    appType: "mpa",
    server: { middlewareMode: true, hmr: { server } },
  });
  return vite.middlewares;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** Serves only the files that existed at start, so no path can leave the folder. */
async function fromBuild(): Promise<RequestListener> {
  const folder = new URL("./page/", import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => extname(name) in TYPES);
  const files = new Map<string, Buffer>();
  for (const name of names) {
    const path = `/${name.replaceAll("\\", "/")}`;
    files.set(path.replace(/\/index\.html$/, "/"), await readFile(new URL(`.${path}`, folder)));
  }
  return (request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?");
    const file = files.get(path);
    if (file === undefined) {
      response.writeHead(404, { "content-type": "text/plain" }).end("There is nothing here.\n");
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(path)] ?? "text/html; charset=utf-8",
      "content-length": file.byteLength,
      // Vite names these by their contents.
      "cache-control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      "x-content-type-options": "nosniff",
      // A second lock: what a model writes is never markup, and nothing but these files would run if it were.
      "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
    response.end(request.method === "HEAD" ? undefined : file);
  };
}
