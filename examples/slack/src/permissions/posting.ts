import type { RoomKind, RoomRole } from "../contract.ts";
import { refused } from "../refused.ts";

/** How somebody stands to a room. */
export interface Standing {
  readonly kind: RoomKind;
  readonly name: string | null;
  readonly readOnly: boolean;
  readonly archived: boolean;
  /** Null for who is not in it. */
  readonly role: RoomRole | null;
  readonly muted: boolean | null;
  /** Of a direct room: one of the two ignores the other. */
  readonly blocked: boolean;
  readonly banned: string | null;
  readonly mayPostReadOnly: boolean;
}

/** Why somebody may not write in a room; null when they may. */
export function whyNotPost(standing: Standing): ReturnType<typeof refused> | null {
  const { kind, name, role } = standing;
  if (standing.banned !== null) return banned(standing.banned);
  if (role === null) {
    return refused("forbidden", kind === "public" ? `Join #${name} to write here.` : "You are not in this channel.");
  }
  if (standing.archived) return refused("archived", "This channel is archived: it can be read, but not written in.");
  if (standing.blocked) return refused("blocked", "You cannot write to each other.");
  if (standing.muted === true) return refused("muted", "You have been muted in this channel.");
  if (standing.readOnly && !standing.mayPostReadOnly) {
    return refused("read_only", "This channel is read-only: only some people may write in it.");
  }
  return null;
}

export function banned(reason: string): ReturnType<typeof refused> {
  return refused("banned", `You have been banned: ${reason}`);
}
