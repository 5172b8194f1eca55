import { PushError } from "@wingbeat/client";
import { ApiError } from "./api.ts";

/** What went wrong, as a sentence for the user: a refused push's own, or one for a push that was never answered. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (!(error instanceof PushError)) return "Something went wrong. Try again.";
  if (error.reason === "refused") return messageOf(error.response) ?? "The server refused that.";
  if (error.reason === "timeout") return "The server has not answered in time. Try again.";
  if (error.reason === "crashed") return "Something went wrong on the server. Try again.";
  if (error.reason === "unknown" || error.reason === "expired") {
    return "Nobody can say whether this was sent. It is safe to try again.";
  }
  return "There is no connection at the moment. Try again when it is back.";
}

/** Beside the example's own refusals there are the server's: a payload that the schema refused has `issues`. */
function messageOf(response: unknown): string | undefined {
  const { reason, message, issues } = (response ?? {}) as {
    readonly reason?: unknown;
    readonly message?: unknown;
    readonly issues?: readonly { readonly message: string }[];
  };
  if (typeof message === "string") return message;
  return reason === "rate limited" ? "That is too fast. Try again in a moment." : issues?.[0]?.message;
}
