/** Serves folders of files: no cache, no listing, nothing outside of the folders. */
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

const HTML = { "content-type": CONTENT_TYPES[".html"] as string };
const TEXT = { "content-type": "text/plain; charset=utf-8" };
const NOT_FOUND_PAGE = new URL("../web/404.html", import.meta.url);

/**
 * Makes a listener that serves folders by URL prefix (`"/"`, `"/lobby/"`; the longest prefix wins). Answers 404 with a
 * page, 405 to anything but GET and HEAD, and sends `/lobby` on to `/lobby/`.
 */
export function servePages(
  folders: Readonly<Record<string, URL>>,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const prefixes = Object.keys(folders).toSorted((a, b) => b.length - a.length);
  return async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { ...TEXT, allow: "GET, HEAD" }).end("Only GET and HEAD are answered here.\n");
      return;
    }
    const path = pathOf(request);
    if (path !== undefined && prefixes.includes(`${path}/`)) {
      response.writeHead(308, { location: `${path}/` }).end();
      return;
    }
    const prefix = path === undefined ? undefined : prefixes.find((candidate) => path.startsWith(candidate));
    const file =
      prefix === undefined ? undefined : fileIn(folders[prefix] as URL, (path as string).slice(prefix.length));
    const content = file === undefined ? undefined : await read(file);
    if (content === undefined) response.writeHead(404, HTML).end(await readFile(NOT_FOUND_PAGE));
    else response.writeHead(200, headersOf(file as string)).end(content);
  };
}

/** The decoded path of a request; undefined when it cannot be decoded. */
function pathOf(request: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent((request.url ?? "/").split("?", 1)[0] as string);
  } catch {
    return undefined;
  }
}

/** The file below a folder; undefined for a path that leads out of it, or to a hidden file. */
function fileIn(folder: URL, path: string): string | undefined {
  const root = fileURLToPath(folder);
  const file = resolve(root, path === "" || path.endsWith("/") ? `${path}index.html` : path);
  const isHidden = path.split(/[/\\]/).some((part) => part.startsWith("."));
  return isHidden || !file.startsWith(root.endsWith(sep) ? root : root + sep) ? undefined : file;
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    return undefined; // not there, a folder, or a name that no file can have
  }
}

function headersOf(file: string): Record<string, string> {
  return {
    "content-type": CONTENT_TYPES[extname(file)] ?? "application/octet-stream",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  };
}
