/** Join params as components give them: nothing, an object, or a function that is called at every join and rejoin. */
export type JoinParams = unknown;

/**
 * A key for the content of params: objects that are equal on the wire have the same key. All functions share one key,
 * because a component creates a new one on every render. Undefined (no params) matches any.
 */
export function paramsKey(params: JoinParams): string | undefined {
  return typeof params === "function" ? "function" : JSON.stringify(params, inOrder);
}

/** An object with its keys in alphabetical order; any other value as it is. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
