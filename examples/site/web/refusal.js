// @ts-check

/**
 * @typedef {{ reason?: string, issues?: { message: string }[] }} Refusal the response of an error reply
 */

/**
 * What an error reply says, as a sentence for people.
 * @param {Refusal} refusal
 */
export function sentence({ reason, issues }) {
  switch (reason) {
    case "invalid payload":
      return (issues ?? []).map(({ message }) => message).join(" ") || "The server cannot use this.";
    case "join crashed":
      return "Nobody has written that topic, so its join crashed on the server. Everything else goes on.";
    case "unknown event":
      return "The server does not know that event. The channel goes on.";
    case undefined:
      return "The server refused it without a reason.";
    default:
      return reason;
  }
}

/**
 * Shows an error beside its field; an empty text takes it away.
 * @param {HTMLElement} place
 * @param {string} text
 * @param {HTMLInputElement} [field]
 */
export function showError(place, text, field) {
  place.textContent = text;
  field?.setAttribute("aria-invalid", String(text !== ""));
}
