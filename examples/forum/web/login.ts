import type { Login } from "@wingbeat/example-forum";
import { callApi, keptAs } from "@wingbeat/example-site/page";

/** The login of this tab. A reload keeps it, and so does a tab that is opened from here. */
export function currentLogin(): Login | undefined {
  const kept = sessionStorage.getItem(keptAs("forum-login"));
  return kept === null ? undefined : (JSON.parse(kept) as Login);
}

export function keepLogin(login: Login | undefined): void {
  if (login === undefined) sessionStorage.removeItem(keptAs("forum-login"));
  else sessionStorage.setItem(keptAs("forum-login"), JSON.stringify(login));
}

/** Asks the forum's HTTP side, as who is logged in. */
export function ask<Reply = object>(method: "GET" | "POST", name: string, body?: object): Promise<Reply> {
  return callApi<Reply>(method, `/forum/api/${name}`, {
    token: currentLogin()?.token,
    ...(body === undefined ? {} : { body }),
  });
}
