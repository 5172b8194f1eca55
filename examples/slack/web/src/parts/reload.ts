/** When a part of the page cannot be loaded, and what helps against it. */

/** As Chromium, Firefox and Safari say it, and Vite for style sheets. */
const MISSING = /dynamically imported module|Importing a module script failed|Unable to preload CSS/i;

export const isMissingPart = (error: unknown): boolean => error instanceof Error && MISSING.test(error.message);

const KEY = "roost:reloaded-at";
/** Milliseconds within which a second reload would not help either. */
const AGAIN_AFTER = 60_000;

/** Reloads the page, unless that was just tried, or there is no server to load it from. */
export async function reloadOnce(
  storage: Storage,
  reload: () => void = () => window.location.reload(),
  now = Date.now(),
): Promise<void> {
  if (now - Number(storage.getItem(KEY) ?? 0) < AGAIN_AFTER) return;
  const answer = await fetch("/", { headers: { accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (answer?.ok !== true) return;
  storage.setItem(KEY, String(now));
  reload();
}
