import type { Broadcast, ContextOf, InfoOf } from "wingbeat";
import { roomTopics } from "../../topics.ts";
import type { Everybody } from "../../topics.ts";
import type { RoomTab } from "./viewer.ts";

/** What the room's channel declares; its handlers are in `room-channel.ts`. */
export const roomBase = roomTopics.assigns<RoomTab>().info<"stopped typing">().talksTo<Everybody>();

export type RoomContext = ContextOf<typeof roomBase>;
/** What comes from the topics that it subscribes to. */
export type RoomNews = Extract<InfoOf<typeof roomBase>, Broadcast>;
