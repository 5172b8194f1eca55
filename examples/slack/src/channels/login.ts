import type { User } from "../contract.ts";
import { refused } from "../refused.ts";
import type { Visitor } from "../visitor.ts";

interface Login {
  readonly user: Pick<User, "id" | "username" | "name">;
  readonly sessionId: string;
}

/** For the join of every channel that is not for everybody: who is logged in. Refuses for all others. */
export function loginOf({ user, sessionId }: Visitor): Login {
  if (user === null || sessionId === null) throw refused("unauthorized", "Log in first.");
  return { user, sessionId };
}
