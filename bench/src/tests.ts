import type { EchoPlan } from "./load/echo.ts";
import type { FanPlan } from "./load/fan.ts";

export type TestName = keyof typeof tests;

/** Connections of a test, and over how many topics they are spread. */
interface Members {
  connections: number;
  topics: number;
}

/** CPU time per delivered broadcast. */
export type FanTest = Members & FanPlan & { kind: "fan"; warmUp: number };
/** CPU time per request and its reply. */
export type EchoTest = Members & EchoPlan & { kind: "echo"; warmUp: number };
/** Memory per connection that is joined and idle. */
export type IdleTest = Members & { kind: "idle" };
/** CPU time per connection from TCP connect to confirmed join. */
export type StormTest = Members & { kind: "storm" };

export type Test = FanTest | EchoTest | IdleTest | StormTest;

const oneTopic = (connections: number, window: number, messages: number, warmUp: number): FanTest => ({
  kind: "fan",
  connections,
  topics: 1,
  window,
  messages,
  warmUp,
});

/**
 * The tests in the order in which they run. Counts (warm-up in the same unit) are chosen for 2 to 4 seconds
 * with a usual server. Memory comes first, on the fresh server.
 */
export const tests = {
  idle10000: { kind: "idle", connections: 10_000, topics: 100 },
  fan100: oneTopic(100, 1, 3000, 300),
  fan1000: oneTopic(1000, 1, 300, 30),
  fan1000w8: oneTopic(1000, 8, 480, 80),
  fan100x50: { kind: "fan", connections: 5000, topics: 100, window: 32, messages: 4000, warmUp: 600 },
  echo1000: { kind: "echo", connections: 1000, topics: 10, requestsEach: 100, warmUp: 20 },
  storm10000: { kind: "storm", connections: 10_000, topics: 100 },
  fan10000: oneTopic(10_000, 1, 25, 3),
} satisfies Record<string, Test>;

export const testNames = Object.keys(tests) as TestName[];

/** What a line of the table says about a test. */
export const descriptions: Readonly<Record<TestName, string>> = {
  fan100: "broadcast to 100, 1 in flight",
  fan1000: "broadcast to 1,000, 1 in flight",
  fan10000: "broadcast to 10,000, 1 in flight",
  fan1000w8: "broadcast to 1,000, 8 in flight",
  fan100x50: "broadcast to 100 topics × 50, 32 in flight",
  echo1000: "request → reply, 1,000 clients",
  idle10000: "memory of a joined idle connection, 10,000",
  storm10000: "connect + join, 10,000 at once",
};

/** The test as it runs: `quick` runs a sixth of the messages, for a first look. */
export function sized(test: Test, quick: boolean): Test {
  if (!quick || test.kind === "idle" || test.kind === "storm") return test;
  if (test.kind === "echo") return { ...test, requestsEach: Math.ceil(test.requestsEach / 6) };
  return { ...test, messages: Math.ceil(test.messages / 6) };
}
