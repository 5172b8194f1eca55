import { Push } from "../push.ts";

/**
 * A push without a channel, which has failed as `closed`. Components push from handlers, timers and effects that may
 * run after the topic is gone, where throwing would break the page.
 */
export function closedPush(topic: string, event: string): Push {
  const push = new Push({ ...NOBODY, topic }, event, () => ({}), 0);
  push.fail("closed");
  return push;
}

const NOBODY = {
  makeRef: () => "",
  pending: new Map(),
  withdraw: () => {},
  abort: () => {},
  transmit: () => {},
};
