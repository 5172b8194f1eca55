import { ApiError, byId, showError } from "@wingbeat/example-site/page";

/** Runs what a button does; a refusal is shown in the place with that id. */
export async function attempt(errorId: string, task: () => Promise<unknown>): Promise<void> {
  const place = byId(errorId);
  showError(place, "");
  try {
    await task();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showError(place, error.message);
  }
}

/** Fetches something anew because the server said so. What cannot be fetched now is fetched with the next join. */
export function inBackground(task: () => Promise<unknown>): void {
  task().catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}
