/** Types only: what the page knows of its server. */
export type * from "wingbeat/inspector";
