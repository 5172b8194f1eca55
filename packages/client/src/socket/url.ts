/** The URL of a connection: path, parameters and version as phoenix.js writes them. */

/** Parameters of a connection. Objects and arrays are nested as `a[b]=1`; null and undefined are left out. */
export type Params = Readonly<Record<string, unknown>>;

/**
 * The whole URL. An endpoint that starts with `/` is on the page's host, with `//` on the page's protocol; `http`
 * becomes `ws`. `wingbeat=1` tells a Wingbeat server that the client understands its own messages; a Phoenix server
 * ignores it.
 */
export function endPointURL(endPoint: string, params: Params | undefined, vsn: string, extensions: boolean): string {
  const query = pairs({ ...params, vsn, wingbeat: extensions ? 1 : null }).join("&");
  const url = `${endPoint}${endPoint.includes("?") ? "&" : "?"}${query}`;
  if (!url.startsWith("/")) return url.replace(/^http/, "ws");
  if (url.startsWith("//")) return `${protocol()}:${url}`;
  if (typeof location === "undefined") {
    throw new Error(`"${endPoint}" has no host`);
  }
  return `${protocol()}://${location.host}${url}`;
}

/** `wss` on a page that came by https, else `ws`. */
export function protocol(): "ws" | "wss" {
  return typeof location !== "undefined" && location.protocol === "https:" ? "wss" : "ws";
}

function pairs(params: object, parent?: string): string[] {
  return Object.entries(params).flatMap(([key, value]) => {
    if (value === null || value === undefined) return [];
    const name = parent === undefined ? key : `${parent}[${key}]`;
    if (typeof value === "object") return pairs(value as object, name);
    return `${encodeURIComponent(name)}=${encodeURIComponent(value as string)}`;
  });
}
