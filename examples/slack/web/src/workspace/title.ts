import type { RoomSummary } from "@wingbeat/example-slack/contract";
import { badgeOf, isBold } from "./rooms.ts";

/** Of the window: the sum of all badges, or a dot when rooms are just bold; then where one is. `(3) #general · Roost` */
export function titleOf(rooms: readonly RoomSummary[], current: RoomSummary | null): string {
  // What is archived is not in the sidebar: nobody would find out what the number is about.
  const open = rooms.filter((room) => !room.archived);
  const badges = open.reduce((sum, room) => sum + badgeOf(room), 0);
  const others = open.some((room) => room.id !== current?.id && isBold(room));
  const mark = badges > 0 ? `(${badges}) ` : others ? "• " : "";
  return `${mark}${current === null ? "" : `${labelOf(current)} · `}Roost`;
}

/** As it is called in sentences: `#general`, or a person's name. */
export const labelOf = ({ kind, name }: Pick<RoomSummary, "kind" | "name">): string =>
  kind === "direct" ? name : `#${name}`;
