import { Push } from "@wingbeat/client";

/**
 * A push for which there is no channel: it has failed as `closed`. Components push from handlers, timers and effects
 * that may run when the topic is gone, where a throw would take the page down.
 */
export function closedPush(topic: string, event: string): Push {
  const push = new Push({ ...NOBODY, topic }, event, () => ({}), 0);
  push.fail("closed");
  return push;
}

const NOBODY = {
  makeRef: () => "",
  expectReply: () => {},
  expectsReply: () => false,
  forgetReply: () => {},
  withdraw: () => {},
  abort: () => {},
  transmit: () => {},
};
