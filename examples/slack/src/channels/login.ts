import { isRevoked } from "../accounts.ts";
import { sessionTopic } from "../announce.ts";
import type { Broadcaster } from "../announce.ts";
import type { User } from "../contract.ts";
import type { Db } from "../database.ts";
import { Refused } from "../refused.ts";
import type { Visitor } from "../visitor.ts";

interface Login {
  readonly user: Pick<User, "id" | "username" | "name">;
  readonly sessionId: string;
}

interface JoiningContext {
  readonly assigns: Visitor;
  readonly endpoint: Broadcaster;
}

/**
 * For the join of every channel that is not for everybody: who is logged in. Throws `Refused` for all others, also for
 * those whose session was ended while they connected: the logout has closed the connections that were there, and theirs
 * was not yet. So it is closed now.
 */
export async function ensureLogin(db: Db, { assigns, endpoint }: JoiningContext): Promise<Login> {
  const { user, sessionId } = assigns;
  if (user === null || sessionId === null) throw new Refused("unauthorized", "Log in first.");
  if (!(await isRevoked(db, sessionId))) return { user, sessionId };
  endpoint.broadcast(sessionTopic(sessionId), "disconnect", {});
  throw new Refused("unauthorized", "You have been logged out.");
}
