import type { LoadClient } from "./load-client.ts";
import { cpuMicroseconds } from "./process-usage.ts";
import type { RunningServer } from "./servers.ts";
import { quiet, settledMemory } from "./settling.ts";
import type { EchoTest, FanTest, IdleTest, StormTest, Test } from "./tests.ts";

/** The result of one test: µs of CPU per message or connection, or bytes per connection. */
export interface Measurement {
  value: number;
  /** Share of the time in which the server was running, 0 to 1. Below about 0.9 the load client was the slower one. */
  serverBusy: number;
}

const PENDING_JOINS = 100;
const PENDING_STORM = 500;
// Connections that stay open while memory is measured, so that code and pools are there before the first reading.
const IDLE_WARM_UP = 100;

/** Runs one test against a server and leaves it without connections. */
export async function measure(server: RunningServer, load: LoadClient, test: Test): Promise<Measurement> {
  await server.collect();
  await quiet(server.pid);
  const measurement = await measureKind(server, load, test);
  await load.run({ command: "drop" });
  return measurement;
}

function measureKind(server: RunningServer, load: LoadClient, test: Test): Promise<Measurement> {
  switch (test.kind) {
    case "fan":
      return measureFan(server, load, test);
    case "echo":
      return measureEcho(server, load, test);
    case "idle":
      return measureIdle(server, load, test);
    case "storm":
      return measureStorm(server, load, test);
  }
}

async function measureFan(server: RunningServer, load: LoadClient, test: FanTest): Promise<Measurement> {
  await join(load, test, PENDING_JOINS);
  await load.run({ command: "fan", messages: test.warmUp, window: test.window });
  const deliveries = (test.messages * test.connections) / test.topics;
  return cpuPer(deliveries, server, () => load.run({ command: "fan", messages: test.messages, window: test.window }));
}

async function measureEcho(server: RunningServer, load: LoadClient, test: EchoTest): Promise<Measurement> {
  await join(load, test, PENDING_JOINS);
  await load.run({ command: "echo", requestsEach: test.warmUp });
  const replies = test.requestsEach * test.connections;
  return cpuPer(replies, server, () => load.run({ command: "echo", requestsEach: test.requestsEach }));
}

async function measureStorm(server: RunningServer, load: LoadClient, test: StormTest): Promise<Measurement> {
  return cpuPer(test.connections, server, () => join(load, test, PENDING_STORM));
}

async function measureIdle(server: RunningServer, load: LoadClient, test: IdleTest): Promise<Measurement> {
  const { resident, serverBusy } = await joinAndWeigh(server, load, test);
  return { value: resident, serverBusy };
}

/** Bytes per joined connection, on the heap and in RAM. Leaves the server without connections. */
export async function measureMemory(
  server: RunningServer,
  load: LoadClient,
  test: IdleTest,
): Promise<{ heap: number; resident: number }> {
  const weight = await joinAndWeigh(server, load, test);
  await load.run({ command: "drop" });
  return weight;
}

async function joinAndWeigh(
  server: RunningServer,
  load: LoadClient,
  test: IdleTest,
): Promise<{ heap: number; resident: number; serverBusy: number }> {
  await join(load, { ...test, connections: IDLE_WARM_UP }, PENDING_JOINS);
  const before = await settledMemory(server);
  const { serverBusy } = await cpuPer(test.connections, server, () => join(load, test, PENDING_JOINS));
  const after = await settledMemory(server);
  return {
    heap: (after.heapBytes - before.heapBytes) / test.connections,
    resident: (after.residentBytes - before.residentBytes) / test.connections,
    serverBusy,
  };
}

function join(load: LoadClient, test: { connections: number; topics: number }, pending: number): Promise<void> {
  return load.run({ command: "join", connections: test.connections, topics: test.topics, pending });
}

async function cpuPer(count: number, server: RunningServer, work: () => Promise<void>): Promise<Measurement> {
  const startedAt = performance.now();
  const cpuBefore = cpuMicroseconds(server.pid);
  await work();
  const cpu = cpuMicroseconds(server.pid) - cpuBefore;
  return { value: cpu / count, serverBusy: cpu / 1000 / (performance.now() - startedAt) };
}
