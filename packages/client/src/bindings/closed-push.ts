import { Channel } from "../channel.ts";
import type { Push } from "../push.ts";
import type { Socket } from "../socket.ts";

/**
 * A push without a channel, which has failed as `closed`. Components push from handlers, timers and effects that may
 * run after the topic is gone, where throwing would break the page.
 */
export function closedPush(socket: Socket, topic: string, event: string): Push {
  const left = new Channel(topic, {}, socket);
  left.joinedOnce = true;
  return left.push(event);
}
