/** Time and chance, so that a test can have its own. */
export interface Timing {
  /** Milliseconds that only grow. */
  now(): number;
  /** Runs `run` after `ms` milliseconds, never for Infinity. Gives a function that stops it. */
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
