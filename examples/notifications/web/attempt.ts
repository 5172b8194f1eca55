import { PushError } from "@wingbeat/client";
import { ApiError, byId, failure, showError } from "@wingbeat/example-site/page";

/** Runs what a button does, over HTTP or a channel; why it fails is shown in the place with that id. */
export async function attempt(errorId: string, task: () => PromiseLike<unknown>): Promise<void> {
  const place = byId(errorId);
  showError(place, "");
  try {
    await task();
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof PushError)) throw error;
    showError(place, error instanceof ApiError ? error.message : failure(error));
  }
}
