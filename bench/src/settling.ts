/** Waits until a server has finished its work, so that it does not count in the next measurement. */
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMicroseconds, residentBytes } from "./process-usage.ts";
import type { RunningServer } from "./servers.ts";

const PERIOD_MS = 100;
const QUIET_MICROSECONDS = 10_000;
const WAITS = 100;

/** Waits until a process has (almost) nothing left to do, 10 seconds at most. */
export async function quiet(pid: number): Promise<void> {
  for (let waits = 0; waits < WAITS; waits += 1) {
    const before = cpuMicroseconds(pid);
    await sleep(PERIOD_MS);
    if (cpuMicroseconds(pid) - before <= QUIET_MICROSECONDS) return;
  }
}

/** The memory of a server that has nothing to do, after a garbage collection. */
export async function settledMemory(server: RunningServer): Promise<{ heapBytes: number; residentBytes: number }> {
  await quiet(server.pid);
  const heapBytes = await server.collect();
  await quiet(server.pid);
  return { heapBytes, residentBytes: residentBytes(server.pid) };
}
