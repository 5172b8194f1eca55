/**
 * The run queue of all channels of this process: whatever is sent to a channel is handled right after the current
 * read, timer or handler, in order of arrival. So no handler ever runs inside another one, and a connection's
 * heartbeat is answered before the handlers of the same read run.
 */

/** Takes its messages one at a time. */
export interface Mailbox {
  deliver(item: object): void;
}

/** After so many deliveries, input and output get a turn. */
const MAX_PER_TURN = 10_000;

/** Receivers and messages in turn: an item is two slots, so queueing allocates nothing. */
let queue: object[] = [];
let spare: object[] = [];
let scheduled = false;

/** Queues a message for a mailbox. */
export function schedule(mailbox: Mailbox, item: object): void {
  queue.push(mailbox, item);
  if (scheduled) return;
  scheduled = true;
  process.nextTick(run);
}

function run(): void {
  let delivered = 0;
  while (queue.length > 0 && delivered < MAX_PER_TURN) {
    const batch = queue;
    queue = spare;
    for (let index = 0; index < batch.length; index += 2) {
      (batch[index] as Mailbox).deliver(batch[index + 1] as object);
    }
    delivered += batch.length / 2;
    batch.length = 0;
    spare = batch;
  }
  scheduled = queue.length > 0;
  if (scheduled) setImmediate(run);
}
