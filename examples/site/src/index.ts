/** What the examples share, so that they themselves hold nothing but channels: an HTTP server for their pages. */
export { servePages } from "./pages.ts";
export { run } from "./run.ts";
export { startSite } from "./site.ts";
export type { Example, Site, SiteOptions } from "./site.ts";
