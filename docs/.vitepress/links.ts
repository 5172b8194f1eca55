/** Links of the documents are written for the repository. On the site they lead to pages, or to files on GitHub. */
import { dirname, join, normalize, relative } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { INCLUDED } from "./site-map.ts";

export const REPOSITORY = "https://github.com/wingbeat/wingbeat";

const pageOf = new Map(Object.entries(INCLUDED).map(([page, file]) => [file, page]));

/**
 * A relative link of a page, as the site needs it.
 * @param page Path of the page below `docs`.
 */
export function siteLink(href: string, page: string): string {
  const { path = "", anchor = "" } = /^(?<path>[^#]*)(?<anchor>.*)$/.exec(href)?.groups ?? {};
  if (path === "" || path.startsWith("/") || /^[a-z]+:/.test(path)) return href;
  // Both are paths from the root of the repository.
  const source = INCLUDED[page] ?? join("docs", page);
  const target = normalize(join(dirname(source), path));
  const shown = pageOf.get(target) ?? (target.startsWith("docs/") ? target.slice("docs/".length) : undefined);
  if (shown === undefined) {
    return `${REPOSITORY}/${/\.\w+$/.test(target) ? "blob" : "tree"}/main/${target}${anchor}`;
  }
  const link = relative(dirname(page), shown);
  return `${link.startsWith(".") ? link : `./${link}`}${anchor}`;
}

/** The anchor of a heading, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

/** Markdown as it is written for the repository. */
export function repositoryMarkdown(md: MarkdownRenderer): void {
  md.core.ruler.push("repository", (state) => {
    const page = (state.env as { readonly relativePath?: string }).relativePath ?? "";
    // What a page that includes a file says on GitHub, where nothing is included.
    if (page in INCLUDED) {
      state.tokens.splice(
        0,
        state.tokens.findIndex(({ type }) => type === "heading_open"),
      );
    }
    let file: string | undefined;
    for (const [index, token] of state.tokens.entries()) {
      if (token.type === "html_block" && token.content.startsWith("<!--")) {
        // Above a block of code: what it is called.
        file = /<!-- file: (\S+) -->/.exec(token.content)?.[1] ?? file;
        token.content = token.content.replaceAll(/<!--[^]*?-->/g, "");
      } else {
        if (token.type === "fence" && file !== undefined) token.meta = { ...token.meta, file };
        file = undefined;
      }
      // A header without words is for the eye only: Markdown has no tables without one.
      if (token.type === "th_open" && state.tokens[index + 1]?.content === "") token.tag = "td";
      if (token.type === "th_close" && state.tokens[index - 1]?.content === "") token.tag = "td";
      for (const child of token.children ?? []) {
        const href = child.type === "link_open" ? child.attrGet("href") : null;
        if (href !== null) child.attrSet("href", siteLink(href, page));
      }
    }
  });

  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const code = fence?.(tokens, index, ...rest) ?? "";
    const file = (tokens[index]?.meta as { readonly file?: string } | null)?.file;
    return file === undefined
      ? code
      : `<div class="named"><p class="file">${md.utils.escapeHtml(file)}</p>${code}</div>`;
  };
}
