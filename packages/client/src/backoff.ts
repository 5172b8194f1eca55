/**
 * The default delays before the next attempt: phoenix.js's steps, plus up to a second of jitter. Without jitter all
 * clients of a restarted server would come back at the same moment.
 */
const RECONNECT_MS = [10, 50, 100, 150, 200, 250, 500, 1000, 2000];
const RECONNECT_LAST_MS = 5000;
const REJOIN_MS = [1000, 2000, 5000];
const REJOIN_LAST_MS = 10_000;
const JITTER_MS = 1000;

const withJitter = (delay: number) => delay + Math.random() * JITTER_MS;

/** `tries` counts from 1. */
export const reconnectAfterMs = (tries: number): number => withJitter(RECONNECT_MS[tries - 1] ?? RECONNECT_LAST_MS);
export const rejoinAfterMs = (tries: number): number => withJitter(REJOIN_MS[tries - 1] ?? REJOIN_LAST_MS);

/** Hidden pages can wait, and there are many: 20 to 40 s, at most a minute with throttled timers. */
export const hiddenReconnectAfterMs = (_tries: number): number => 20_000 + Math.random() * 20_000;
