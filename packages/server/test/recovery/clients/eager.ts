/** Clients of these tests notice a dead connection soon, and come back at once. */
export const EAGER = {
  timeout: 3_000,
  heartbeatIntervalMs: 1_000,
  reconnectAfterMs: (tries: number) => (tries <= 2 ? 20 * tries : 200),
  rejoinAfterMs: () => 100,
  longpollerTimeout: 4_000,
} as const;
