/** Whether a version says that something breaks. */

/** A new major version; before 1.0, a new minor one. */
export function isBreakingBump(from: string, to: string): boolean {
  const [old, next] = [partsOf(from), partsOf(to)];
  if (old === undefined || next === undefined) return false;
  if (next.major !== old.major) return next.major > old.major;
  return old.major === 0 && next.minor > old.minor;
}

function partsOf(version: string): { readonly major: number; readonly minor: number } | undefined {
  const found = /^v?(\d+)\.(\d+)/.exec(version);
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) };
}
