import type { Broadcast, ContextOf, InfoOf } from "wingbeat";
import { z } from "zod";
import { roomTopics } from "../../topics.ts";
import type { Everybody } from "../../topics.ts";
import { userOf } from "../../visitor.ts";
import { viewerOf } from "./viewer.ts";
import type { RoomTab } from "./viewer.ts";

/** What the room's channel declares; its handlers are in `room-channel.ts`. */
export const roomBase = roomTopics
  .assigns<RoomTab>()
  .info<never>()
  .talksTo<Everybody>()
  // Longer than most laptops sleep. Whatever is handled again does no harm: a message is stored once by its client id.
  .dedupe({ window: 3_600_000, unknown: "run" })
  // Whoever may not write does not write.
  .ephemeral("typing", z.literal(true), {
    key: (ctx) => userOf(ctx).id,
    allow: (ctx) => viewerOf(ctx).rights.post,
  });

export type RoomContext = ContextOf<typeof roomBase>;
/** What comes from the topics that it subscribes to. */
export type RoomNews = Extract<InfoOf<typeof roomBase>, Broadcast>;
