/** The sweep: one timer checks the idle deadlines of all connections of a transport. */

import { MAX_DELAY } from "../options.ts";

/**
 * Checks idle deadlines every `interval` ms: calls `sweep` with the ms since the last call, and with the time. Pass the
 * result to `clearInterval` to stop it; it keeps no process alive.
 *
 * A process that was busy, stopped or suspended has not read what its clients sent meanwhile. So pending input is read
 * before the call, and at most two intervals of the pause count.
 */
export function sweepEvery(interval: number, sweep: (passed: number, now: number) => void): NodeJS.Timeout {
  let sweptAt = performance.now();
  const look = (): void => {
    const now = performance.now();
    sweep(Math.min(now - sweptAt, 2 * interval), now);
    sweptAt = now;
  };
  return setInterval(() => setImmediate(look), Math.min(interval, MAX_DELAY)).unref();
}
