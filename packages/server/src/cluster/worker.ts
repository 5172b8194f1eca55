/** A worker: starts, reports it, and closes on request. */
import { isControl } from "./message.ts";
import type { ClusterControl } from "./message.ts";

/** What a worker closes before it ends: an endpoint. */
export interface Closable {
  close(): unknown;
}

export function runWorker(start: () => Closable | Promise<Closable>): void {
  // A start that fails is not caught: the process ends with its stack, as one without workers would.
  const started = Promise.resolve().then(start);
  const drain = (): void => void started.then(close);
  process.on("message", (message) => {
    if (isControl(message, "cluster.drain")) drain();
  });
  // A terminal sends its signal to all processes, a service manager perhaps too.
  process.once("SIGTERM", drain);
  process.once("SIGINT", drain);
  // The primary may be gone by now: then this process ends with it, and not with an error.
  void started.then(() => process.send?.({ wingbeat: "cluster.ready" } satisfies ClusterControl, () => {}));
}

let closing: Promise<never> | undefined = undefined;

function close(closable: Closable): Promise<never> {
  closing ??= (async () => {
    await closable.close();
    process.exit(0);
  })();
  return closing;
}
