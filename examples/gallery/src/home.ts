/** The gallery's own page, and the way to examples that are programs of their own. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Example } from "@wingbeat/example-site";
import { EXAMPLES, FLAGSHIP } from "./catalog.ts";
import { homePage } from "./home-page.ts";
import type { Programs } from "./programs.ts";

const HTML = { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" };

/** `GET /` is the page; `GET /open/<name>/` starts that program and leads to it. */
export function home(programs: Programs): Example {
  const page = homePage();
  const open = async (name: string, search: string, request: IncomingMessage, response: ServerResponse) => {
    const entry = [FLAGSHIP, ...EXAMPLES].find((entry) => entry.name === name && entry.program !== undefined);
    const host = hostOf(request);
    if (entry === undefined || host === undefined) return response.writeHead(404).end("There is nothing here.\n");
    try {
      const port = await programs.portOf(entry);
      response.writeHead(307, { location: `http://${host}:${port}/${search}`, "cache-control": "no-store" }).end();
    } catch (error) {
      const text = `examples/${name} does not start. It says:\n\n${(error as Error).message}\n`;
      response.writeHead(503, { "content-type": "text/plain; charset=utf-8" }).end(text);
    }
  };
  return {
    sockets: {},
    web: new URL("../web/", import.meta.url),
    handler: (request, response) => {
      if (request.method !== "GET") return false;
      const [path = "/", search] = (request.url ?? "/").split("?");
      const name = /^\/open\/([\w-]+)\/$/.exec(path)?.[1];
      if (path === "/") response.writeHead(200, HTML).end(page);
      // Pages of other sites start nothing here.
      else if (request.headers["sec-fetch-site"] === "cross-site") return false;
      else if (name !== undefined) void open(name, search === undefined ? "" : `?${search}`, request, response);
      return path === "/" || name !== undefined;
    },
  };
}

/** The name under which the page has reached this machine, without the port. */
function hostOf({ headers }: IncomingMessage): string | undefined {
  const url = `http://${headers.host}`;
  return headers.host !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}
