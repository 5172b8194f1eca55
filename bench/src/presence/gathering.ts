/** The load: users join, and wait until each of them knows of all others. */
import { traffic, type Connection, type Target } from "../load/connection.ts";
import { joinAll } from "../load/joining.ts";
import type { Protocol } from "../load/protocol.ts";
import { Crowd } from "./crowd.ts";
import type { ReadNews } from "./news.ts";

export interface GatherPlan {
  users: number;
  /** How many may be on their way (connecting or joining) at a time. */
  pending: number;
  /** Whether users are told of each other at all; if not, it ends with the last join. */
  areTold: boolean;
}

export interface Gathering {
  /** From the first connect until every user knows of all others, in milliseconds. */
  duration: number;
  /** What the server has sent, in bytes of TCP: handshakes, replies, and who is there. */
  bytes: number;
  /** Frames that tell of one user who came, or how many there are: all but handshakes, replies and states. */
  frames: number;
  /** Bytes of the state that names all users: what the last one to join is sent. 0: there was none. */
  stateBytes: number;
}

/** Users join as fast as they can. Resolves when every user knows of all others; throws on one too many. */
export async function gather(
  target: Target,
  protocol: Protocol,
  readNews: ReadNews,
  plan: GatherPlan,
): Promise<{ connections: Connection[]; gathering: Gathering }> {
  const crowd = new Crowd(plan.users, protocol, readNews);
  const before = traffic().bytes;
  const begun = performance.now();
  const connections = await joinAll(
    target,
    protocol,
    { connections: plan.users, topics: 1, pending: plan.pending },
    () => crowd.newcomer(),
  );
  if (plan.areTold) await crowd.isComplete;
  const duration = performance.now() - begun;
  const { frames, stateBytes } = crowd;
  return { connections, gathering: { duration, bytes: traffic().bytes - before, frames, stateBytes } };
}
