/** Values that resist being printed: from handlers that throw them, and in payloads that applications log. */
import { afterEach, describe, expect, it } from "vitest";
import { emit } from "../telemetry.ts";
import { attach } from "./attach.ts";
import { startLogger } from "./logger.ts";

const LONGEST_LINE = 2_001;
const cycle: Record<string, unknown> = {};
cycle["self"] = cycle;
const refuse = (): never => {
  throw new Error("no");
};
const traps = Object.fromEntries(
  ["get", "has", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor"].map((trap) => [trap, refuse]),
);

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ["a getter that throws", Object.defineProperty({}, "x", { get: refuse, enumerable: true })],
  ["an error whose stack throws", Object.defineProperty(new Error("x"), "stack", { get: refuse })],
  ["a proxy that throws", new Proxy({}, traps)],
  ["a toJSON that throws", { toJSON: refuse }],
  ["a toString that is no function", { toString: 1 }],
  ["an object without a prototype", Object.create(null)],
  ["a bigint", { n: 10n }],
  ["a cycle", cycle],
  ["a symbol", Symbol("x")],
  ["a long string", "x".repeat(1_000_000)],
  ["a long list", Array.from({ length: 100_000 }, () => "x".repeat(100))],
  ["line breaks and escapes", { text: "a\nb\u001b[2J\u202e\u2028" }],
  ["an error with line breaks", new Error("a\nb\u001b[2J")],
];

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

describe.each(["text", "structured"] as const)("a %s logger", (kind) => {
  it.each(HOSTILE)("prints %s", (_name, value) => {
    const endpoint = {};
    const lines: unknown[][] = [];
    const failures: unknown[] = [];
    const log = (...line: unknown[]): void => void lines.push(line);
    const sink = { debug: log, info: log, warn: log, error: log };
    const option = kind === "text" ? { sink } : { structured: sink };
    stops.push(startLogger(endpoint, { level: "debug", ...option }));
    stops.push(attach("telemetry.listener_failed", (data) => void failures.push(data)));

    const channel = { endpoint, path: "/socket", transport: "websocket", id: "u", topic: "t", pattern: "t" };
    emit("channel.joined", { ...channel, result: "ok", params: value, log: "info", duration: 1 });
    emit("channel.crashed", { ...channel, callback: "handleIn", event: "e", error: value });

    expect(failures).toEqual([]);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const texts = line.filter((part) => typeof part === "string");
      expect(texts.join("").length).toBeLessThanOrEqual(LONGEST_LINE);
      expect(texts.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    }
  });
});
