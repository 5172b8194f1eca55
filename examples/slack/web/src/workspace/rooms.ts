/** What of a room the sidebar and the title show. */
import type { RoomSummary } from "@wingbeat/example-slack/contract";

/** The number beside a room; 0 is no badge. Who wants to hear nothing of a room gets none. */
export const badgeOf = ({ notify, unread }: RoomSummary): number => (notify === "none" ? 0 : unread.mentions);

/** Is there something to read? Who wants to hear of mentions alone reads in their own time. */
export const isBold = (room: RoomSummary): boolean =>
  badgeOf(room) > 0 || (room.unread.hasUnread && room.notify !== "mentions");

export interface Sections {
  readonly starred: readonly RoomSummary[];
  readonly channels: readonly RoomSummary[];
  readonly directs: readonly RoomSummary[];
}

/**
 * The rooms of the sidebar, each in one section, by name. What was hidden or archived is left out, unless it is on
 * screen or, hidden, has something new.
 */
export function sectionsOf(rooms: readonly RoomSummary[], currentId: number | null): Sections {
  const shown = rooms
    .filter((room) => room.id === currentId || (!room.archived && (!room.hidden || isBold(room))))
    .toSorted((a, b) => a.name.localeCompare(b.name, undefined, { sensitivity: "base", numeric: true }));
  return {
    starred: shown.filter((room) => room.starred),
    channels: shown.filter((room) => !room.starred && room.kind !== "direct"),
    directs: shown.filter((room) => !room.starred && room.kind === "direct"),
  };
}

/** As the sidebar has them from top to bottom. */
export const inOrder = ({ starred, channels, directs }: Sections): readonly RoomSummary[] => [
  ...starred,
  ...channels,
  ...directs,
];

/** The room above or below the current one, around the ends; the first without a current one. */
export function neighbour(
  rooms: readonly RoomSummary[],
  currentId: number | null,
  step: 1 | -1,
  wanted: (room: RoomSummary) => boolean = () => true,
): RoomSummary | undefined {
  const start = rooms.findIndex(({ id }) => id === currentId);
  for (let distance = 1; distance <= rooms.length; distance++) {
    const index = start < 0 && step < 0 ? rooms.length - distance : start + step * distance;
    const room = rooms.at(((index % rooms.length) + rooms.length) % rooms.length);
    if (room !== undefined && room.id !== currentId && wanted(room)) return room;
  }
  return undefined;
}

/** The room to begin with: the one of the last visit, else #general, else the first. */
export function firstRoom(rooms: readonly RoomSummary[], lastId: number | null): RoomSummary | undefined {
  const visible = inOrder(sectionsOf(rooms, null));
  return (
    visible.find(({ id }) => id === lastId) ??
    visible.find(({ kind, name }) => kind !== "direct" && name === "general") ??
    visible[0]
  );
}
