/** Who is there, from what every tab of theirs says. */
import type { PresenceMeta, Status } from "@wingbeat/example-slack/contract";

/** By user id. Who is not in it is offline. */
export type Statuses = ReadonlyMap<number, Status>;

/**
 * Busy was chosen by hand, and the server gives it to all tabs; else the tab that is most present counts: a tab left
 * open on another computer does not make somebody away.
 */
const PRIORITY: readonly Status[] = ["busy", "online", "away", "offline"];

export const mergeMetas = (metas: readonly Pick<PresenceMeta, "status">[]): Status =>
  PRIORITY.find((status) => metas.some((meta) => meta.status === status)) ?? "offline";

/** Of `usePresence`'s state, whose keys are user ids. */
export function statusesOf(
  entries: Readonly<Record<string, { readonly metas: readonly Pick<PresenceMeta, "status">[] }>>,
): Statuses {
  return new Map(Object.entries(entries).map(([key, { metas }]) => [Number(key), mergeMetas(metas)]));
}
