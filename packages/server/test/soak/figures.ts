/** What soak runs measure, and how a run says it. */

/** Prints one line: the name of a run and its figures. */
export function report(name: string, figures: Readonly<Record<string, number | string>>): void {
  const parts = Object.entries(figures).map(
    ([key, value]) => `${key} ${typeof value === "number" ? value.toLocaleString("en") : value}`,
  );
  process.stdout.write(`soak ${name}: ${parts.join(", ")}\n`);
}

export const MB = 1024 * 1024;
export const inMB = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`;

/** Used heap after a collection, in bytes. Without `--expose-gc` it is no measure, and undefined. */
export async function settledHeap(): Promise<number | undefined> {
  if (globalThis.gc === undefined) return undefined;
  // Two collections and some turns between them: finalizers run, and what they let go of is collected, too.
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

/** How many handles and timers of each kind keep this process alive. */
export function activeResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
