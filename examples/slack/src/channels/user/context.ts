import type { Broadcast, ContextOf, InfoOf } from "wingbeat";
import type { User } from "../../contract.ts";
import { userTopics } from "../../topics.ts";
import type { Everybody } from "../../topics.ts";
import type { UserTab } from "./tab.ts";

/** A channel reminds itself to look whether a room is unread. */
export interface Look {
  readonly roomId: number;
  /** Who wrote directly. */
  readonly from?: User;
}

/** What a user's channel declares; its handlers are in `user-channel.ts`. */
export const userBase = userTopics.assigns<UserTab>().info<Look>().talksTo<Everybody>();

export type UserContext = ContextOf<typeof userBase>;
/** What comes from the topics that it subscribes to. */
export type UserNews = Extract<InfoOf<typeof userBase>, Broadcast>;
