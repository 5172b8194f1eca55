import type { Ban, GlobalRole, PersonRole, User } from "@wingbeat/example-slack/contract";
import { api } from "../../api.ts";

/** What the server tells of people beside their names. */
export interface Known {
  readonly bans: readonly Ban[];
  readonly roles: readonly PersonRole[];
}

/** Asks for what one may know. */
export async function lookAt(mayBan: boolean, mayMake: boolean): Promise<Known> {
  const [bans, roles] = await Promise.all([
    mayBan ? api.bans() : undefined,
    mayMake ? api.peopleWithRoles() : undefined,
  ]);
  return { bans: bans?.bans ?? [], roles: roles?.people ?? [] };
}

/** Who is not told of is a user. */
export function roleOf({ roles }: Pick<Known, "roles">, userId: number): GlobalRole {
  return roles.find((known) => known.userId === userId)?.role ?? "user";
}

const ROLE_WORDS: Readonly<Record<GlobalRole, string>> = { admin: "an admin", user: "a user", guest: "a guest" };

export function madeSentence({ id, name }: User, role: GlobalRole, myId: number): string {
  return `${id === myId ? "You are" : `${name} is`} ${ROLE_WORDS[role]} now.`;
}
