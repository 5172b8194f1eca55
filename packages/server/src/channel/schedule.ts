/**
 * The run queue of all channels in this process: messages to channels are handled right after the current read, timer
 * or handler, in order of arrival. So no handler ever runs inside another one, and a connection's heartbeat is answered
 * before the handlers of the same read run.
 */

/** Takes its messages one at a time. */
export interface Receiver {
  deliver(item: object): void;
}

/** After this many deliveries or ms, the queue yields to I/O. */
const MAX_PER_TURN = 10_000;
const MS_PER_TURN = 10;
/** The clock is checked once in this many deliveries. */
const DELIVERIES_PER_LOOK = 4;

/** Receivers and messages in turn: an item is two slots, so queueing allocates nothing. */
let queue: object[] = [];
/** The queue being delivered, and the position in it. */
let current: object[] = [];
let position = 0;
let scheduled = false;

/** Queues a message for a receiver. */
export function schedule(receiver: Receiver, item: object): void {
  queue.push(receiver, item);
  if (scheduled) return;
  scheduled = true;
  process.nextTick(run);
}

function run(): void {
  let delivered = 0;
  let isDone = false;
  const endsAt = performance.now() + MS_PER_TURN;
  try {
    while (delivered < MAX_PER_TURN && next()) {
      if (delivered % DELIVERIES_PER_LOOK === DELIVERIES_PER_LOOK - 1 && performance.now() > endsAt) break;
      position += 2;
      delivered++;
      (current[position - 2] as Receiver).deliver(current[position - 1] as object);
    }
    isDone = position === current.length && queue.length === 0;
  } finally {
    // Receivers do not throw; if one did, the others must not wait for ever.
    scheduled = !isDone;
    if (scheduled) setImmediate(run);
  }
}

/** Whether there is an item at `position`, after taking up what was queued meanwhile. */
function next(): boolean {
  if (position < current.length) return true;
  const delivered = current;
  current = queue;
  queue = delivered;
  queue.length = 0;
  position = 0;
  return current.length > 0;
}
