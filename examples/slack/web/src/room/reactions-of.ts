import type { Reaction } from "@wingbeat/example-slack/contract";

/** The reactions after this user has put theirs, or taken it back. */
export function toggled(reactions: readonly Reaction[], emoji: string, userId: number): Reaction[] {
  const held = reactions.find((reaction) => reaction.emoji === emoji);
  if (held === undefined) return [...reactions, { emoji, userIds: [userId] }];
  const others = held.userIds.filter((id) => id !== userId);
  const userIds = others.length < held.userIds.length ? others : [...others, userId];
  return reactions
    .map((reaction) => (reaction === held ? { emoji, userIds } : reaction))
    .filter((reaction) => reaction.userIds.length > 0);
}

/** Who has reacted, for the tooltip: "You, Bob and 3 others". */
export function namesOf(
  userIds: readonly number[],
  userId: number,
  nameOf: (id: number) => string | undefined,
): string {
  const ordered = [...userIds].sort((one, other) => Number(other === userId) - Number(one === userId));
  const names = ordered.slice(0, 5).map((id) => (id === userId ? "You" : (nameOf(id) ?? "Somebody")));
  const rest = ordered.length - names.length;
  if (rest > 0) return `${names.join(", ")} and ${rest} ${rest === 1 ? "other" : "others"}`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
