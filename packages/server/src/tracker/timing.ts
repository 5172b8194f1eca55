/** Time and randomness, replaceable in tests. */
export interface Timing {
  /** Milliseconds that only grow. */
  now(): number;
  /** Runs `run` after `ms` milliseconds, never for Infinity. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
  /** From 0 to 1. */
  random(): number;
}

/** Real time. Its timers keep no process alive. */
export const systemTiming: Timing = {
  now: () => performance.now(),
  random: () => Math.random(),
  after(ms, run) {
    if (ms === Infinity) return () => {};
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
