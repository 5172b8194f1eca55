import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";
import { anchorOf, REPOSITORY, repositoryMarkdown } from "./links.ts";
import { writeLlmsFiles } from "./llms.ts";
import { docs, FROM, GUIDE, pagesOf, REFERENCE, titleOf, TUTORIAL } from "./site-map.ts";

/** Where the site is published; `/` on this machine. */
const base = process.env["DOCS_BASE"] ?? "/";

type Sections = typeof GUIDE;

const linkTo = (page: string): string => `/${page.replace(/(index)?\.md$/, "")}`;

const sidebarOf = (sections: Sections): DefaultTheme.SidebarItem[] =>
  sections
    .map((section) => ({
      text: section.text,
      items: pagesOf(section).map((page) => ({ text: titleOf(page), link: linkTo(page) })),
    }))
    .filter(({ items }) => items.length > 0);

/** An entry of the top bar that leads to the first page of some sections. */
function navOf(text: string, sections: Sections, activeMatch: string): DefaultTheme.NavItem[] {
  const [first] = sections.flatMap(pagesOf);
  return first === undefined ? [] : [{ text, link: linkTo(first), activeMatch }];
}

/** The reference of the API, made by `npm run api`. */
const apiSidebar = join(docs, "reference/api/typedoc-sidebar.json");
const api: DefaultTheme.SidebarItem[] = existsSync(apiSidebar)
  ? [linked({ text: "API", items: JSON.parse(readFileSync(apiSidebar, "utf8")) as DefaultTheme.SidebarItem[] })]
  : [];

/** Groups that can be collapsed lead somewhere, too: else they are buttons around a button. */
function linked(item: DefaultTheme.SidebarItem, group = "/reference/api/"): DefaultTheme.SidebarItem {
  const link = item.link ?? group;
  const items = item.items?.map((each) => {
    const { text = "" } = each;
    // `Functions` is a heading of its module's page; `pubsub` is a part of a path.
    return linked(each, /^[A-Z]/.test(text) ? `${link}#${anchorOf(text)}` : link);
  });
  return { ...item, link, ...(items === undefined ? {} : { items }) };
}

const guide = sidebarOf([...TUTORIAL, ...GUIDE, ...FROM]);

const SOURCE_ICON =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"><path d="M8 6l-6 6 6 6M16 6l6 6-6 6"/></svg>';

const isProse = (part: string): boolean => /^(# |[^#`|])/.test(part);

export default defineConfig({
  title: "Wingbeat",
  description: "Phoenix Channels for TypeScript: typed realtime features, from the server's handler to the browser.",
  lang: "en",
  base,
  cleanUrls: true,
  lastUpdated: false,
  // tools/docs checks the links, with their anchors.
  ignoreDeadLinks: true,
  head: [
    ["link", { rel: "icon", type: "image/svg+xml", href: `${base}logo.svg` }],
    ["meta", { name: "theme-color", content: "#2a58c6" }],
  ],
  buildEnd: ({ outDir }) => writeLlmsFiles(outDir),
  markdown: {
    anchor: { slugify: anchorOf },
    config: repositoryMarkdown,
    languageAlias: { frame: "json", hex: "log" },
    theme: { light: "github-light-high-contrast", dark: "github-dark-default" },
  },
  themeConfig: {
    logo: "/logo.svg",
    search: {
      provider: "local",
      options: {
        // Of the API only names and first sentences: guides come first, and the index stays small.
        _render(source, env, md) {
          const isApi = String(env.relativePath).startsWith("reference/api/");
          return md.render(
            isApi
              ? source
                  .split(/\n(?=#+ |```|\|)/, 4)
                  .filter(isProse)
                  .join("\n")
              : source,
            env,
          );
        },
      },
    },
    outline: [2, 3],
    nav: [
      ...navOf("Guide", GUIDE, "^/guide/"),
      ...navOf("Tutorial", TUTORIAL, "^/tutorial/"),
      ...navOf("Coming from", FROM, "^/from/"),
      ...navOf("Reference", REFERENCE, "^/reference/(?!api)"),
      ...(api.length > 0 ? [{ text: "API", link: "/reference/api/", activeMatch: "^/reference/api/" }] : []),
    ],
    sidebar: {
      "/": guide,
      "/reference/": sidebarOf(REFERENCE),
      "/reference/api/": api,
    },
    // An icon with a name would be fetched from another site while somebody writes.
    socialLinks: [{ icon: { svg: SOURCE_ICON }, link: REPOSITORY, ariaLabel: "The repository" }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: "Edit this page" },
    footer: { message: "MIT licence." },
  },
});
