import { byId, element, failure, fieldById, linkButton, showError } from "@wingbeat/example-site/page";
import type { RoomChannel } from "./channel.ts";

/** The users that this tab ignores: sent with each join, and changed by `ignore:user` while joined. */
export function ignoredUsers(currentChannel: () => RoomChannel | undefined): ReadonlySet<string> {
  const field = fieldById("ignore-name");
  const problem = byId("ignore-error");
  const names = new Set<string>();

  const change = async (user_id: string, ignored: boolean) => {
    showError(problem, "", field);
    try {
      const answer = await currentChannel()?.push("ignore:user", { user_id, ignored });
      if (ignored) field.value = "";
      show(answer?.ignoring ?? []);
    } catch (error) {
      showError(problem, failure(error), field);
    }
  };

  const show = (ignoring: readonly string[]) => {
    names.clear();
    for (const name of ignoring) names.add(name);
    byId("ignored").replaceChildren(
      ...ignoring.map((name) => {
        const stop = linkButton("✕", () => void change(name, false));
        stop.ariaLabel = `Stop ignoring ${name}`;
        return element("li", name, stop);
      }),
    );
  };

  byId("ignore").addEventListener("submit", (event) => {
    event.preventDefault();
    void change(field.value, true);
  });
  return names;
}
