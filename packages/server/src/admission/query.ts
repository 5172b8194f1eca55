/** Query strings as Plug reads them: `a=1&b[c]=2&l[]=x` gives `{ a: "1", b: { c: "2" }, l: ["x"] }`. */

/** A query value: a string, a list (`l[]=`) or an object (`b[c]=`). */
export type QueryValue = string | QueryValue[] | QueryParams;
export interface QueryParams {
  [name: string]: QueryValue;
}

/** Brackets nested deeper are part of the name. */
const MAX_DEPTH = 16;
const BAD_UTF8 = "�";

/**
 * Parses a query string. The last value of a name wins; an invalid `%` escape is kept as is. The objects have no
 * prototype, so no name collides with a property of `Object`. Undefined when a value is not valid UTF-8.
 */
export function parseQuery(query: string): QueryParams | undefined {
  const params = Object.create(null) as QueryParams;
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? "" : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    if (name.includes("[")) assign(params, pathOf(name), value);
    else params[name] = value;
  }
  return params;
}

/** What a client that understands Wingbeat's own messages adds to its query: `wingbeat=1`. */
const EXTENSIONS = "wingbeat";

/** Whether the client asked for them. The application does not see the parameter. */
export function takeExtensions(params: QueryParams): boolean {
  if (params[EXTENSIONS] !== "1") return false;
  delete params[EXTENSIONS];
  return true;
}

function decode(text: string): string | undefined {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  const decoded = spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (encoded) =>
    Buffer.from(encoded.replaceAll("%", ""), "hex").toString("utf8"),
  );
  return decoded.includes(BAD_UTF8) && !spaced.includes("%EF%BF%BD") ? undefined : decoded;
}

/** `a[b][]` gives `["a", "b", ""]`; anything malformed is a single name. */
function pathOf(name: string): string[] {
  const match = /^([^[]+)((?:\[[^[\]]*\])+)$/.exec(name);
  if (match === null) return [name];
  const keys = (match[2] as string).slice(1, -1).split("][");
  return keys.length > MAX_DEPTH ? [name] : [match[1] as string, ...keys];
}

function assign(params: QueryParams, path: readonly string[], value: string): void {
  let target: QueryParams | QueryValue[] = params;
  for (const [index, key] of path.entries()) {
    const isLast = index === path.length - 1;
    const next = isLast ? value : path[index + 1] === "" ? [] : (Object.create(null) as QueryParams);
    if (Array.isArray(target)) {
      target.push(next);
      target = next as QueryParams;
      continue;
    }
    const present: QueryValue | undefined = target[key];
    if (!isLast && typeof present === "object" && Array.isArray(present) === Array.isArray(next)) target = present;
    else {
      target[key] = next;
      target = next as QueryParams;
    }
  }
}
