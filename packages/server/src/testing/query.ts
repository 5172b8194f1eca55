/** Connect params as the official client writes them into the URL: `{ a: { b: 1 }, l: ["x"] }` gives `a[b]=1&l[]=x`. */
export function encodeQuery(params: object): string {
  return pairsOf(params).join("&");
}

function pairsOf(params: object, parent?: string): string[] {
  return Object.entries(params).flatMap(([key, value]: [string, unknown]) => {
    const name = parent === undefined ? key : `${parent}[${Array.isArray(params) ? "" : key}]`;
    if (value === undefined) return [];
    if (typeof value === "object" && value !== null) return pairsOf(value, name);
    return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
  });
}
