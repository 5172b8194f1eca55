/** Waits for async decisions of the application: their client may disconnect, and cannot wait forever. */
import { settle } from "../awaitable.ts";
import { MAX_DELAY } from "../options.ts";
import type { Visit } from "./visit.ts";

/** Why a decision is no longer needed. */
export type Absence = "gone" | "timeout";

/**
 * Resolves with the decision, or with the reason when the client disconnects or `ms` pass first. Rejects as the
 * decision does. A decision that comes later is ignored.
 */
export function decidedInTime<T>(
  decision: PromiseLike<T>,
  visit: Pick<Visit, "onGone">,
  ms: number,
): Promise<{ readonly value: T } | Absence> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const over = (): boolean => {
      if (isOver) return false;
      isOver = true;
      clearTimeout(timer);
      stop();
      return true;
    };
    const absent = (why: Absence): void => {
      if (over()) resolve(why);
    };
    // No client waits longer than a timer can (24 days).
    const timer = ms > MAX_DELAY ? undefined : setTimeout(absent, ms, "timeout");
    const stop = visit.onGone(() => absent("gone"));
    const decided = (value: T): void => {
      if (over()) resolve({ value });
    };
    const failed = (error: unknown): void => {
      if (over()) reject(error);
    };
    settle(decision, decided, failed);
  });
}
