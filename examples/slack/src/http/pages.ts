/** The built page. Its assets have their content's hash in their names; everything else is asked for anew each time. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import type { Context, Handler, MiddlewareHandler } from "hono";
import type { App } from "./app.ts";

const YEAR = 31_536_000;
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Roost</title>
<h1>The page is not built yet</h1><p>Run <code>npm run build</code> in <code>examples/slack</code>, then reload.</p></html>`;

/** `folder` is what Vite has made. Any path that asks for HTML gets the page, which finds out what to show. */
export function pageRoutes(folder: string): Hono<App> {
  const index = join(folder, "index.html");
  let found: MiddlewareHandler<App> | undefined;

  /** The page may be built while the server runs. */
  const files: MiddlewareHandler<App> = async (c, next) => {
    if (!existsSync(index)) return next();
    // serveStatic takes paths as seen from where the program was started.
    found ??= serveStatic<App>({ root: relative(process.cwd(), folder) || ".", precompressed: true, onFound: cache });
    return found(c, next);
  };

  async function serve(c: Context<App>): Promise<Response> {
    // A script or a picture that is not there is no page; the root is one for everybody.
    const isRoot = c.req.path === "/" || c.req.path === "/index.html";
    if (!isRoot && c.req.header("accept")?.includes("text/html") !== true) return c.text("not found", 404);
    if (!existsSync(index)) return c.html(NOT_BUILT, 503);
    c.header("cache-control", "no-cache");
    return c.html(await readFile(index, "utf8"));
  }

  const page: Handler<App> = (c) => serve(c);
  return new Hono<App>().get("/", page).get("/index.html", page).get("*", files).get("*", page);
}

function cache(path: string, c: Context<App>): void {
  c.header("cache-control", /[/\\]assets[/\\]/.test(path) ? `public, max-age=${YEAR}, immutable` : "no-cache");
}
