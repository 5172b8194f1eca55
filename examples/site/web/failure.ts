import { PushError } from "@wingbeat/client";
import type { Refusal } from "@wingbeat/client";

/** Why an awaited join or push failed, as a sentence for people. What is no such failure is thrown again. */
export function failure(error: unknown): string {
  if (!(error instanceof PushError)) throw error;
  return error.reason === "refused"
    ? sentence(error.response as Refusal)
    : "The server has not answered. Try again in a moment.";
}

/** What an error reply says, likewise. */
export function sentence({ reason, issues = [] }: Refusal): string {
  switch (reason) {
    case "invalid payload":
      return issues.map(({ message }) => message).join(" ");
    case "join crashed":
      return "Nobody has written that topic, so its join crashed on the server. Everything else goes on.";
    case "unknown event":
      return "The server does not know that event. The channel goes on.";
    default:
      return reason;
  }
}

/** Shows an error beside its field; an empty text takes it away. */
export function showError(place: HTMLElement, text: string, field?: HTMLInputElement): void {
  place.textContent = text;
  field?.setAttribute("aria-invalid", String(text !== ""));
}
