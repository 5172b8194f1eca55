/** The target of a request line, in the forms that RFC 9112, section 3.2 allows. */

export interface RequestTarget {
  /** With its leading slash, still percent-encoded. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** The host of an absolute-form target. It replaces the `Host` header, which must then be ignored. */
  readonly host: string | undefined;
}

const ABSOLUTE = /^(?:https?|wss?):\/\/(?:[^/?#@]*@)?([^/?#@]+)/i;

/**
 * Parses `/path?query` and `http://host/path?query`, which proxies may send. Undefined for targets without a path: `*`
 * of OPTIONS and `host:port` of CONNECT.
 */
export function parseTarget(url: string): RequestTarget | undefined {
  if (url.startsWith("/")) return split(url, undefined);
  const match = ABSOLUTE.exec(url);
  if (match === null) return undefined;
  const rest = url.slice(match[0].length);
  return split(rest.startsWith("/") ? rest : `/${rest}`, match[1]);
}

function split(text: string, host: string | undefined): RequestTarget {
  const question = text.indexOf("?");
  if (question === -1) return { path: text, query: "", host };
  return { path: text.slice(0, question), query: text.slice(question + 1), host };
}
