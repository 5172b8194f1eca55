/** Publishes numbered messages until the runner says that it is enough. */

/** As many bytes of JSON as a short chat message. */
const PADDING = "x".repeat(70);

export interface Numbered {
  readonly n: number;
  readonly p: string;
}

/** Tells the runner the port and then, when it asks, the number of the last message. */
export function publish(port: number, perSecond: number, send: (message: Numbered) => void): void {
  let n = 0;
  const startedAt = performance.now();
  // By the clock, so that a late timer does not lower the rate.
  const timer = setInterval(() => {
    while (n < ((performance.now() - startedAt) / 1_000) * perSecond) send({ n: ++n, p: PADDING });
  }, 1_000 / perSecond);
  process.on("message", () => {
    clearInterval(timer);
    process.send?.({ last: n });
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ port });
}
