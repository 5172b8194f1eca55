import { defineSocket, ok, refuse, Token } from "wingbeat";
import { connectedUser } from "./accounts.ts";
import { sessionTopic } from "./topics.ts";
import { crashChannel } from "./channels/crash-channel.ts";
import { notificationChannel } from "./channels/notification-channel.ts";
import { publicChannel } from "./channels/public-channel.ts";
import { roleChannel } from "./channels/role-channel.ts";
import { roomChannel } from "./channels/room-channel.ts";
import { systemChannel } from "./channels/system-channel.ts";
import { userChannel } from "./channels/user-channel.ts";
import type { Services } from "./services.ts";
import type { Visitor } from "./visitor.ts";

/** What a page connects with: it gets a new one for every connection, and before each ends; see `GET /api/socket-token`. */
export interface SocketPass {
  readonly userId: number;
  readonly sessionId: string;
}

const SALT = "slack socket";
/** How long a pass is good for, and a connection without a new one, in seconds. */
const MAX_AGE = 900;
/** In each room, and for a user's own things: nobody is as fast as that by hand. Twice as many at once are taken. */
export const EVENTS_PER_SECOND = 20;

export function signPass(secret: string, pass: SocketPass, { maxAge = MAX_AGE }: { maxAge?: number } = {}): string {
  return Token.sign(secret, SALT, { ...pass }, { maxAge });
}

/** The one socket. The first channel that takes a topic gets it, so the fixed `user:` topics stand before `user:{id}`. */
export function slackSocket(services: Services) {
  return defineSocket({
    connect: async (_params, { authToken }) => {
      if (authToken === undefined) return ok<Visitor>({ user: null, sessionId: null });
      const pass = Token.verify<SocketPass>(services.secret, SALT, authToken);
      if (!pass.ok) return refuse(pass.reason);
      const { userId, sessionId } = pass.data;
      // The token cannot be taken back. The session can: whoever has logged out comes in no more, and does not stay.
      const user = await connectedUser(services.db, userId, sessionId);
      if (user === undefined) return refuse("no session");
      return ok<Visitor>({ user, sessionId }, { expiresAt: Date.now() + MAX_AGE * 1_000 });
    },
    // Not the user's id: a logout ends one session, and leaves the user's others alone.
    id: ({ sessionId }) => (sessionId === null ? null : sessionTopic(sessionId)),
    channels: [
      publicChannel(services),
      roleChannel(services),
      userChannel(services),
      roomChannel(services),
      notificationChannel(services),
      systemChannel(services),
      crashChannel(services),
    ],
    channelEventsPerSecond: EVENTS_PER_SECOND,
  });
}

/** What the page imports: its client knows topics, events, payloads and replies by this type. */
export type SlackSocket = ReturnType<typeof slackSocket>;
