import { ok, refuse } from "wingbeat";
import type { Reply } from "wingbeat";
import type { Refusal } from "../contract.ts";
import { Refused } from "../refused.ts";

/** Answers with what a service gives, or with why it refuses. Anything else that it throws is a bug, and crashes. */
export async function answer<Response extends object>(
  work: () => Response | Promise<Response>,
): Promise<Reply<"ok", Response> | Reply<"error", Refusal>> {
  try {
    return ok(await work());
  } catch (failure) {
    if (failure instanceof Refused) return refuse(failure.toRefusal());
    throw failure;
  }
}
