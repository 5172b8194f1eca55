import type { User } from "./contract.ts";
import { refused } from "./refused.ts";

/** What `connect` assigns to all channels: who is there. Both are null for somebody who is not logged in. */
export interface Visitor {
  readonly user: Pick<User, "id" | "username" | "name"> | null;
  readonly sessionId: string | null;
}

/** The logged-in user of a channel. Refuses for a visitor without a session. */
export function userOf({ assigns }: { readonly assigns: Visitor }): NonNullable<Visitor["user"]> {
  if (assigns.user === null) throw refused("unauthorized", "Log in first.");
  return assigns.user;
}
