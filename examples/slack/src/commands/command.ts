import { eq } from "drizzle-orm";
import { USER_COLUMNS } from "../accounts.ts";
import type { SlackEndpoint } from "../topics.ts";
import type { User } from "../contract.ts";
import type { Db } from "../database.ts";
import { users } from "../database/schema.ts";
import { refused } from "../refused.ts";

export interface CommandContext {
  readonly db: Db;
  readonly endpoint: SlackEndpoint;
  readonly userId: number;
  /** Where it was typed. */
  readonly roomId: number;
  readonly onlineIds: () => readonly number[];
}

export interface CommandResult {
  /** Only the user sees it. */
  readonly text?: string;
  /** The page goes to this room. */
  readonly open?: number;
}

export interface Command {
  /** What comes after the name. */
  readonly usage: string;
  readonly does: string;
  run(context: CommandContext, args: string): Promise<CommandResult>;
}

/** The user whom `@name` means. */
export async function person({ db }: CommandContext, args: string): Promise<User> {
  const name = args.split(/\s+/, 1)[0]?.replace(/^@/, "").toLowerCase() ?? "";
  if (name === "") throw refused("invalid", "Say whom, as in @bob.");
  const [user] = await db.select(USER_COLUMNS).from(users).where(eq(users.username, name));
  if (user === undefined) throw refused("not_found", `There is nobody with the name ${name}.`);
  return user;
}
