/** What a client says when it connects. */

/** The params in the URL of a connection. `a[b]=1` is `{ a: { b: "1" } }`. */
export function paramsIn(url: string): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(url.slice(url.indexOf("?") + 1))) {
    if (name === "vsn" || name === "wingbeat") continue;
    const path = name.split(/\]?\[|\]$/).filter((part) => part !== "");
    const last = path.pop() ?? name;
    let place = params;
    for (const part of path) place = (place[part] ??= {}) as Record<string, unknown>;
    place[last] = value;
  }
  return params;
}

const TOKEN = "base64url.bearer.phx.";

/** The token that the option `authToken` puts among the subprotocols. */
export function tokenIn(protocols: readonly string[]): string | undefined {
  const token = protocols.find((protocol) => protocol.startsWith(TOKEN));
  return (
    token && new TextDecoder().decode(Uint8Array.from(atob(token.slice(TOKEN.length)), (char) => char.charCodeAt(0)))
  );
}
