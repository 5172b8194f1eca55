import type { Permissions, Profile } from "@wingbeat/example-forum";
import { byId, fieldById } from "@wingbeat/example-site/page";
import { attempt } from "./attempt.ts";
import { ask } from "./login.ts";

const boxes = document.querySelectorAll<HTMLInputElement>("[data-role]");

/** Shows the administration to admins. The server asks again who it is. */
export async function showAdmin(me: Profile | undefined): Promise<void> {
  const isAdmin = me?.roles.includes("admin") === true;
  byId("admin").hidden = !isAdmin;
  if (!isAdmin) return;
  const permissions = await ask<Permissions>("GET", "roles");
  for (const box of boxes) box.checked = permissions[box.dataset.role as keyof Permissions];
}

byId("announce").addEventListener("submit", (event) => {
  event.preventDefault();
  void attempt("admin-error", () => ask("POST", "announcement", { motd: fieldById("motd").value }));
});

for (const box of boxes) {
  box.addEventListener("change", () => {
    const change = { lookup: box.dataset.role, messages: box.checked };
    void attempt("admin-error", () => ask("POST", "roles", change));
  });
}
