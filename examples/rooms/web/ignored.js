// @ts-check
import { byId, element, linkButton } from "site/element.js";
import { sentence, showError } from "site/refusal.js";

/**
 * The users that this tab ignores: sent with each join, and changed by `ignore:user` while joined.
 * @param {() => import("phoenix").Channel | undefined} currentChannel
 */
export function ignoredUsers(currentChannel) {
  const field = /** @type {HTMLInputElement} */ (byId("ignore-name"));
  const problem = byId("ignore-error");
  const names = new Set();

  /** @param {string} user_id @param {boolean} ignored */
  const change = (user_id, ignored) => {
    showError(problem, "", field);
    currentChannel()
      ?.push("ignore:user", { user_id, ignored })
      .receive("error", (refusal) => showError(problem, sentence(refusal), field))
      .receive("ok", ({ ignoring }) => {
        if (ignored) field.value = "";
        show(ignoring);
      });
  };

  /** @param {string[]} ignoring */
  const show = (ignoring) => {
    names.clear();
    for (const name of ignoring) names.add(name);
    byId("ignored").replaceChildren(
      ...ignoring.map((name) => {
        const stop = linkButton("✕", () => change(name, false));
        stop.ariaLabel = `Stop ignoring ${name}`;
        return element("li", name, stop);
      }),
    );
  };

  byId("ignore").addEventListener("submit", (event) => {
    event.preventDefault();
    change(field.value, true);
  });
  return { names };
}
