/** What the examples share, so that they themselves hold nothing but channels: an HTTP server for their pages. */
export { jsonApi, Refused } from "./json-api.ts";
export type { ApiHandler, ApiRequest } from "./json-api.ts";
export { servePages } from "./pages.ts";
export { run } from "./run.ts";
export { connectShared } from "./shared.ts";
export type { Shared, SharedOptions } from "./shared.ts";
export { startSite } from "./site.ts";
export type { Example, Site, SiteOptions } from "./site.ts";
export { memoryStore } from "./store.ts";
export type { Store } from "./store.ts";
