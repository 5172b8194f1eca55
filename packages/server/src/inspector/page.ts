/** The files of the page, as the build has written them beside this one. */
import { readFile } from "node:fs/promises";
import type { HttpAnswer } from "../admission/answer.ts";

const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/page.js": { file: "page.js", type: "text/javascript; charset=utf-8" },
  "/page.css": { file: "page.css", type: "text/css; charset=utf-8" },
  "/icon.svg": { file: "icon.svg", type: "image/svg+xml" },
};

const NOT_BUILT: HttpAnswer = {
  status: 503,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "The inspector's page is not built. In a clone of Wingbeat: npm run build\n",
};

export class Page {
  readonly #folder: URL;
  readonly #read = new Map<string, Promise<string>>();

  constructor(folder = new URL("page/", import.meta.url)) {
    this.#folder = folder;
  }

  /** Undefined: there is no such file. Never rejects. */
  async answer(path: string): Promise<HttpAnswer | undefined> {
    const found = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
    if (found === undefined) return undefined;
    try {
      return { status: 200, headers: { "content-type": found.type }, body: await this.#text(found.file) };
    } catch {
      return NOT_BUILT;
    }
  }

  #text(file: string): Promise<string> {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const text = readFile(new URL(file, this.#folder), "utf8");
    this.#read.set(file, text);
    // It may be built later.
    text.catch(() => this.#read.delete(file));
    return text;
  }
}
