/**
 * What may be sent to which topic, by channels and by the HTTP routes alike. The channels with their handlers are in
 * `channels/`, and begin with these declarations; so each may talk to all others.
 */
import { defineChannel } from "wingbeat";
import type { ChannelEndpoint, Endpoint, EndpointOf } from "wingbeat";
import type {
  ManualStatus,
  NotificationPushes,
  PublicPushes,
  RolePushes,
  RoomCommands,
  RoomPushes,
  UserCommands,
  UserPushes,
} from "./contract.ts";

/** What the tabs of one user tell each other; no page is ever on this topic. */
type SelfEvents = {
  readonly starred: { readonly messageId: number; readonly starred: boolean };
  readonly ignored: { readonly userId: number; readonly ignored: boolean };
  readonly preferred: { readonly roomId: number };
};

/** Who was away is sent what was written meanwhile; the rest of a room comes with the reply to each join. */
export const roomTopics = defineChannel("room:{id}")
  .pushes<RoomPushes>()
  .commands<RoomCommands>()
  .history({
    size: 1_000,
    ttl: 3_600_000,
    replayLimit: 500,
    events: ["message:new", "message:updated", "message:deleted", "reaction", "pinned"],
  });
export const userTopics = defineChannel("user:{id}").pushes<UserPushes>().commands<UserCommands>();
export const inboxTopics = defineChannel("notifications:{id}").pushes<NotificationPushes>();
export const publicTopic = defineChannel("user:public").pushes<PublicPushes>();
export const roleTopic = defineChannel("user:role").pushes<RolePushes>();
const selfTopics = defineChannel("self:{id}").pushes<SelfEvents>();
const statusTopics = defineChannel("status:{id}").pushes<{ set: { readonly status: ManualStatus } }>();

/** Whom channels talk to. */
export type Everybody =
  | typeof roomTopics
  | typeof userTopics
  | typeof inboxTopics
  | typeof publicTopic
  | typeof roleTopic
  | typeof selfTopics
  | typeof statusTopics;

/** An endpoint, or `ctx.endpoint`. */
export type SlackEndpoint = EndpointOf<Everybody>;

/** The server's endpoint. */
export type SlackServer = SlackEndpoint extends ChannelEndpoint<infer Contract> ? Endpoint<Contract> : never;

type Topic<Name extends string> = `${Name}:${number}`;
export const roomTopic = (roomId: number): Topic<"room"> => `room:${roomId}`;
export const userTopic = (userId: number): Topic<"user"> => `user:${userId}`;
export const inboxTopic = (userId: number): Topic<"notifications"> => `notifications:${userId}`;
export const selfTopic = (userId: number): Topic<"self"> => `self:${userId}`;
/** On which a user's tabs tell each other the status that was chosen. */
export const statusTopic = (userId: number): Topic<"status"> => `status:${userId}`;
/** The id of a session's connections: `endpoint.disconnect` closes them. */
export const sessionTopic = (sessionId: string): string => `session_socket:${sessionId}`;
