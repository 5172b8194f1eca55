import type { Counts, CountType, Profile } from "@wingbeat/example-forum";
import { byId } from "@wingbeat/example-site/page";
import { attempt } from "./attempt.ts";
import { ask } from "./login.ts";

/** Shows who is logged in, or the question for it. */
export function showProfile(profile: Profile | undefined): void {
  byId("guest").hidden = profile !== undefined;
  byId("account").hidden = profile === undefined;
  byId("you-name").textContent = profile?.name ?? "a guest";
  byId("roles").textContent = `Roles: ${profile?.roles.join(", ")}`;
  byId("banned").textContent = profile?.isBanned === true ? "You are banned: you cannot write." : "";
  byId("may").textContent =
    profile?.mayMessage === true ? "You may send private messages." : "You may not send private messages.";
}

/** Undefined: not known yet. */
export function showCounts(counts: Counts | undefined): void {
  for (const type of ["message", "mention"] as const) {
    const badge = byId(`count-${type}`);
    const count = counts?.[type];
    badge.dataset.count = String(count ?? 0);
    badge.textContent = count === undefined ? "…" : count > 99 ? "99+" : String(count);
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-dismiss]")) {
  const type = button.dataset.dismiss as CountType;
  button.addEventListener("click", () => void attempt("account-error", () => ask("POST", "dismiss", { type })));
}
