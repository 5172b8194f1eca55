/** What changes in the forum, and what the page fetches when it is told that something has. */
import type { Store } from "@wingbeat/example-site";
import { MEMBERS } from "./members.ts";
import type { Member, Role } from "./members.ts";

/** A member as the member sees it: fetched after `reauthenticate` and `permissionsChanged`. */
export interface Profile extends Member {
  readonly isBanned: boolean;
  /** Whether a role allows private messages, and no ban forbids them. */
  readonly mayMessage: boolean;
}

/** Fetched after `newMessage` and `refreshMentions`. */
export interface Counts {
  readonly message: number;
  readonly mention: number;
}

export type CountType = keyof Counts;

/** Roles whose members may or may not send private messages. */
export type Permissions = Readonly<Record<Exclude<Role, "admin">, boolean>>;

const BANNED = "forum:banned";
const PERMISSIONS = "forum:permissions";
const SETTINGS = "forum:settings";
const countsOf = (userId: number): string => `forum:counts:${userId}`;

export class ForumState {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async profile(member: Member): Promise<Profile> {
    const [isBanned, permissions] = await Promise.all([this.#isBanned(member), this.permissions()]);
    const mayMessage = !isBanned && member.roles.some((role) => role === "admin" || permissions[role]);
    return { ...member, isBanned, mayMessage };
  }

  async members(): Promise<Pick<Profile, "id" | "name" | "isBanned">[]> {
    const banned = await this.#store.all(BANNED);
    return MEMBERS.map(({ id, name }) => ({ id, name, isBanned: banned.has(String(id)) }));
  }

  async ban(userId: number, banned: boolean): Promise<void> {
    if (banned) await this.#store.put(BANNED, userId, true);
    else await this.#store.remove(BANNED, userId);
  }

  async permissions(): Promise<Permissions> {
    const stored = await this.#store.all<boolean>(PERMISSIONS);
    return { moderator: stored.get("moderator") ?? true, user: stored.get("user") ?? true };
  }

  async permit(role: keyof Permissions, messages: boolean): Promise<void> {
    await this.#store.put(PERMISSIONS, role, messages);
  }

  async announcement(): Promise<string> {
    return (await this.#store.get<string>(SETTINGS, "motd")) ?? "";
  }

  async announce(motd: string): Promise<void> {
    await this.#store.put(SETTINGS, "motd", motd);
  }

  async counts(userId: number): Promise<Counts> {
    const stored = await this.#store.all<number>(countsOf(userId));
    return { message: stored.get("message") ?? 0, mention: stored.get("mention") ?? 0 };
  }

  async count(userId: number, type: CountType): Promise<void> {
    await this.#store.add(countsOf(userId), type, 1);
  }

  async dismiss(userId: number, type: CountType): Promise<void> {
    await this.#store.remove(countsOf(userId), type);
  }

  async #isBanned(member: Member): Promise<boolean> {
    return (await this.#store.get(BANNED, member.id)) !== undefined;
  }
}
