import { callApi, keptAs } from "@wingbeat/example-site/page";

/** The token of this tab; a reload keeps it. */
export function currentToken(): string | undefined {
  return sessionStorage.getItem(keptAs("notifications-token")) ?? undefined;
}

export function keepToken(token: string | undefined): void {
  if (token === undefined) sessionStorage.removeItem(keptAs("notifications-token"));
  else sessionStorage.setItem(keptAs("notifications-token"), token);
}

/** Asks the server over HTTP, as who is logged in. */
export function ask<Reply = object>(method: "GET" | "POST", name: string, body?: object): Promise<Reply> {
  return callApi<Reply>(method, `/notifications/api/${name}`, {
    token: currentToken(),
    ...(body === undefined ? {} : { body }),
  });
}
