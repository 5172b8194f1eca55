import { refuse } from "wingbeat";
import type { Reply } from "wingbeat";
import type { Refusal, RefusalReason } from "./contract.ts";

/**
 * What a service throws when somebody may not, or cannot, do what they ask for. `message` is a sentence for them. Channels
 * answer with it as it is.
 */
export const refused = (reason: RefusalReason, message: string): Reply<"error", Refusal> => refuse({ reason, message });

/** What was thrown, if a service has refused; else undefined. */
export function refusalIn(thrown: unknown): Refusal | undefined {
  const { status, response } = (thrown ?? {}) as Partial<Reply<"error", Refusal>>;
  return status === "error" ? response : undefined;
}
