/**
 * How long to wait before the next try, when the user does not say so: phoenix.js's steps, and up to a second more by
 * chance. Without the chance all clients of a restarted server come back in the same instant.
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
