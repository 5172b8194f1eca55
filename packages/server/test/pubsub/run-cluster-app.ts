/**
 * A server on two workers, for `run-cluster.test.ts`. What the primary sees is printed, a JSON line each; `/slow` is
 * answered when the worker is told to close. `MODE`: `broken`
 * fails to start, `stuck` never closes.
 */
import { createServer } from "node:http";
import { runCluster } from "../../src/cluster.ts";
import { clusterAdapter } from "../../src/pubsub/adapters/cluster.ts";
import { PubSub } from "../../src/pubsub.ts";
import { attach } from "../../src/telemetry/attach.ts";

const report = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const mode = process.env["MODE"];

/** A server that tells its pid, crashes, broadcasts, and waits for broadcasts. */
async function start(): Promise<{ close(): Promise<void> }> {
  if (mode === "broken") throw new Error("cannot start today");
  const pubsub = new PubSub({ adapter: clusterAdapter() });
  await pubsub.start();
  const received = new Set<unknown>();
  const waiting = new Map<string, () => void>();
  const slow: (() => void)[] = [];
  pubsub.subscribe({
    topic: "t",
    owner: undefined,
    receive(message) {
      received.add(message);
      waiting.get(message as string)?.();
    },
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const text = url.searchParams.get("text") ?? "";
    const answer = (): void => void response.setHeader("connection", "close").end(String(process.pid));
    if (url.pathname === "/crash") process.exit(7);
    if (url.pathname === "/broadcast") pubsub.broadcast("t", text);
    if (url.pathname === "/slow") {
      report({ event: "slow", pid: process.pid });
      slow.push(answer);
    } else if (url.pathname === "/wait" && !received.has(text)) waiting.set(text, answer);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(Number(process.env["PORT"]), "127.0.0.1", resolve));
  return {
    async close() {
      if (mode === "stuck") await new Promise(() => {});
      const closed = new Promise((resolve) => server.close(resolve));
      for (const answer of slow) answer();
      await closed;
      await pubsub.stop();
    },
  };
}

for (const event of ["cluster.worker_ready", "cluster.worker_exited", "cluster.draining"] as const) {
  attach(event, (data) => report({ event, ...data }));
}

runCluster({ workers: 2, start, drainTimeout: mode === "stuck" ? 200 : 5_000 });
