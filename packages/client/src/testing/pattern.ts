/** Patterns of topics and events, as a server declares them: `room:*`, `room:{id}`. */
const isPattern = (pattern: string): boolean => /[*{]/.test(pattern);

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split(/\{\w+\}|\*$/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(pattern.endsWith("*") ? ".*" : ".+")}$`, "s").test(name);
}

/** What is declared for a name: by exactly this name, else by the first pattern that it matches. */
export function declaredFor<Declared>(all: ReadonlyMap<string, Declared>, name: string): Declared | undefined {
  const exact = all.get(name);
  if (exact !== undefined) return exact;
  return [...all].find(([pattern]) => isPattern(pattern) && matches(pattern, name))?.[1];
}
