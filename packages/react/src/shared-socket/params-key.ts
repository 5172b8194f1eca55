/** Join params as components give them: nothing, an object, or a function that is called at every join and rejoin. */
export type JoinParams = unknown;

/**
 * Tells params apart by their content: objects that mean the same on the wire have the same key. All functions have one
 * key, as a component makes a new one at every rendering. Undefined, when no params are given, stands for any.
 */
export function paramsKey(params: JoinParams): string | undefined {
  return typeof params === "function" ? "function" : JSON.stringify(params, inOrder);
}

/** An object with its keys in alphabetical order; any other value as it is. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
