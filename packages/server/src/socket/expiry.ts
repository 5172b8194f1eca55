/**
 * When logins end. One sweep serves all connections of the process, and runs only while some have a login that ends;
 * the others cost nothing. It compares the time of day, because that is what a token's end is given in.
 */

/** How often the sweep runs, in ms: a connection is closed at most so late, and never early. */
const PERIOD = 250;

export interface Expiring {
  /** Called once, at the time that was set last. Must not throw. */
  expired(): void;
}

/** What ends in each period, by the number of the period. */
const due = new Map<number, Set<Expiring>>();
let sweep: NodeJS.Timeout | undefined;
/** The last period that was looked at. */
let seen = 0;
/** Something was set to end in a period that was looked at already. */
let isLate = false;

const periodOf = (time: number): number => Math.ceil(time / PERIOD);

/** Sets when something ends, in ms since 1970. Infinity: never. Pass the same time to {@link cancel}. */
export function expireAt(owner: Expiring, time: number): void {
  if (time === Infinity) return;
  if (sweep === undefined) {
    seen = Math.floor(Date.now() / PERIOD);
    sweep = setInterval(look, PERIOD).unref();
  }
  const period = periodOf(time);
  isLate ||= period <= seen;
  const others = due.get(period);
  if (others === undefined) due.set(period, new Set([owner]));
  else others.add(owner);
}

export function cancel(owner: Expiring, time: number): void {
  const period = periodOf(time);
  const owners = due.get(period);
  if (owners?.delete(owner) === true && owners.size === 0) due.delete(period);
  stopIfIdle();
}

/** How many are waited for. */
export const countExpiring = (): number => [...due.values()].reduce((sum, owners) => sum + owners.size, 0);

function look(): void {
  const now = Math.floor(Date.now() / PERIOD);
  // A clock may jump by years, in both directions.
  const isAny = isLate || now < seen || now - seen > due.size;
  isLate = false;
  if (isAny) for (const period of [...due.keys()]) expire(period, now);
  else for (let period = seen + 1; period <= now; period++) expire(period, now);
  seen = now;
  stopIfIdle();
}

function expire(period: number, now: number): void {
  const owners = period <= now ? due.get(period) : undefined;
  if (owners === undefined) return;
  // One that is closed by the end of another is taken out meanwhile.
  for (const owner of owners) owner.expired();
  due.delete(period);
}

function stopIfIdle(): void {
  if (due.size > 0) return;
  clearInterval(sweep);
  sweep = undefined;
}
