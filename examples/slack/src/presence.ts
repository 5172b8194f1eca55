/** Who is there, with what status, on all processes. Tracked by the system channel. */
import { definePresence } from "wingbeat";
import type { Presence, PresenceContext, PresenceEndpoint } from "wingbeat";
import type { PresenceMeta } from "./contract.ts";

/** The topic on which everybody is tracked, by user id: one meta for each tab. */
export const PRESENCE_TOPIC = "system:presence";

export const presence: Presence<PresenceMeta> = definePresence<PresenceMeta>({ name: "people" });

/** A channel's `ctx`, or the endpoint. */
type Source = PresenceContext | PresenceEndpoint;

/** Whether others see somebody as anything but offline. */
export function isOnline(source: Source, userId: number): boolean {
  const metas = presence.getByKey(source, PRESENCE_TOPIC, userId)?.metas ?? [];
  return metas.some(({ status }) => status !== "offline");
}

/** The ids of all who are online, for `@here`. */
export function onlineIds(source: Source): number[] {
  return Object.entries(presence.list(source, PRESENCE_TOPIC))
    .filter(([, { metas }]) => metas.some(({ status }) => status !== "offline"))
    .map(([id]) => Number(id));
}
