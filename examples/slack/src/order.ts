/**
 * One after the other: what changes a room is stored and told before the next change begins. So this node's broadcasts
 * come in the order of `seq`, also when the database answers two senders in another order; and requests do not wait for
 * each other's lock on the room inside the database, each on a connection of its own. Pages sort by `seq` what two nodes
 * told at the same time.
 */
import type { Db } from "./database.ts";

const queues = new WeakMap<Db, Map<number, Promise<unknown>>>();

/** Runs `work` when all earlier work on that room has ended, well or not. */
export function inOrder<Result>(db: Db, roomId: number, work: () => Promise<Result>): Promise<Result> {
  let queue = queues.get(db);
  if (queue === undefined) queues.set(db, (queue = new Map()));
  const before = queue.get(roomId);
  const done = before === undefined ? work() : before.then(work, work);
  queue.set(roomId, done);
  const forget = (): void => {
    if (queue.get(roomId) === done) queue.delete(roomId);
  };
  done.then(forget, forget);
  return done;
}
