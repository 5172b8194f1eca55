import { EXAMPLES, FLAGSHIP, pathOf } from "./catalog.ts";
import type { Entry } from "./catalog.ts";
import { countLines } from "./lines.ts";

const REPOSITORY = "https://github.com/wingbeat/wingbeat";
const DOCUMENTATION = "https://wingbeat.github.io/wingbeat/";

/** All texts are those of the catalogue, which has no markup. */
export function homePage(): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="description" content="Realtime applications made with Wingbeat, each in two windows side by side." />
    <title>Wingbeat examples</title>
    <link rel="icon" href="/site/icon.svg" />
    <link rel="stylesheet" href="/site/base.css" />
    <link rel="stylesheet" href="/style.css" />
    <script type="module" src="/dist/app.js"></script>
  </head>
  <body>
    <header class="top">
      <p class="brand"><img src="/site/icon.svg" alt="" width="28" height="28" /> Wingbeat</p>
      <nav aria-label="Wingbeat">
        <a href="${DOCUMENTATION}">Documentation</a>
        <a href="${REPOSITORY}">Source</a>
      </nav>
    </header>
    <main>
      <div class="lead">
        <h1>See it in two windows</h1>
        <p class="muted">
          Phoenix Channels for TypeScript: chat, presence, notifications, live data. Each example is a page and a few files. Open
          it beside itself, and talk to yourself.
        </p>
      </div>
      ${card(FLAGSHIP, "flagship")}
      <div class="examples">
        ${EXAMPLES.map((entry) => card(entry)).join("\n        ")}
      </div>
    </main>
  </body>
</html>
`;
}

function card(entry: Entry, look = ""): string {
  const { name, title, purpose, shows, windows, hint, program } = entry;
  const path = pathOf(entry);
  const picture = (scheme: string) => `/pictures/${name}-${scheme}.webp`;
  const size = look === "flagship" ? 'width="1280" height="800"' : 'width="960" height="600" loading="lazy"';
  return `<article class="example ${look}" id="${name}" aria-labelledby="${name}-title">
          <div class="stage">
            <picture>
              <source srcset="${picture("dark")}" media="(prefers-color-scheme: dark)" />
              <img src="${picture("light")}" alt="${title}, as it looks" ${size} />
            </picture>
          </div>
          <div class="about">
            <h2 id="${name}-title">${title}</h2>
            <p>${purpose}</p>
            <ul class="shows muted small">${shows.map((line) => `<li>${line}</li>`).join("")}</ul>
            <p class="actions">
              <a class="button primary" href="${path}" target="_blank" aria-label="Open ${title}">Open</a>
              ${windows === undefined ? "" : `<button type="button" aria-label="Two windows of ${title}" aria-expanded="false" data-windows="${windows.map((search) => path + search).join(" ")}">Two windows</button>`}
            </p>
            ${hint === undefined ? "" : `<p class="muted small">${hint}</p>`}
            <p class="muted small">
              ${countLines(name).toLocaleString("en")} lines, in
              <a href="${REPOSITORY}/tree/main/examples/${name}">examples/${name}</a>${program === undefined ? "" : `. On its own: <code>npm start -w examples/${name}</code>`}
            </p>
          </div>
        </article>`;
}
