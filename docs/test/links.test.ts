/** Every link of every built page leads to a page and a heading of the site. Links to other sites are not followed. */
import { describe, expect, it } from "vitest";
import { fileAt, files, readFile } from "./files.ts";

const pages = [...files].filter((path) => path.endsWith(".html") && path !== "404.html");
const htmlOf = new Map(pages.map((page) => [page, readFile(page).toString()]));
const idsOf = new Map(
  [...htmlOf].map(([page, html]) => [page, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
);

function brokenLinks(page: string): string[] {
  const base = new URL(page.replace(/(index)?\.html$/, ""), "http://site/");
  const links = [...(htmlOf.get(page) ?? "").matchAll(/<a [^>]*?href="([^"]+)"/g)].map(([, href = ""]) => href);
  return [...new Set(links)].filter((href) => {
    const { origin, pathname, hash } = new URL(href.replaceAll("&amp;", "&"), base);
    if (origin !== base.origin) return false;
    const target = fileAt(pathname);
    if (target === undefined) return true;
    return hash !== "" && target.endsWith(".html") && !idsOf.get(target)?.has(decodeURIComponent(hash.slice(1)));
  });
}

describe("the built site", () => {
  it("has no dead link and no dead anchor", () => {
    expect(pages.length).toBeGreaterThan(100);
    expect(pages.flatMap((page) => brokenLinks(page).map((href) => `${page}: ${href}`))).toEqual([]);
  });

  it("has the pages for language models", () => {
    const list = readFile("llms.txt").toString();
    const linked = [...list.matchAll(/\]\(https:\/\/wingbeat\.github\.io\/wingbeat(\/.*?)\)/g)].map(
      ([, path = ""]) => path,
    );
    expect(linked.length).toBeGreaterThan(20);
    expect(linked.filter((path) => fileAt(path) === undefined)).toEqual([]);
    expect(readFile("llms-full.txt").toString()).toContain("# Errors");
  });
});
