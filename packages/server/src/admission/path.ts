/** Mount paths: `/socket/websocket`, `/app/:tenant/ws/:user_id`. */

export type PathParams = Readonly<Record<string, string>>;

/** Matches a path (without its query) and returns its variables. A trailing slash is allowed. */
export type PathMatcher = (path: string) => PathParams | undefined;

/**
 * Joins the parts of a mount's path into a matcher. Variables whose name begins with `_` are matched but not returned.
 */
export function pathMatcher(...parts: readonly string[]): PathMatcher {
  const expected = segmentsOf(parts.join("/"));
  const literal = expected.some((segment) => segment.startsWith(":")) ? undefined : `/${expected.join("/")}`;
  return (path) => {
    if (path === literal) return {};
    const actual = segmentsOf(path);
    if (actual.length !== expected.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, segment] of expected.entries()) {
      const value = actual[index] as string;
      if (!segment.startsWith(":")) {
        if (segment !== value) return undefined;
      } else if (!segment.startsWith(":_")) {
        params[segment.slice(1)] = decode(value);
      }
    }
    return params;
  };
}

const segmentsOf = (path: string): string[] => path.split("/").filter((segment) => segment !== "");

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
