import { describe, expect, it } from "vitest";
import { UsageError } from "./command-line.ts";
import { readOptions } from "./options.ts";

describe("readOptions", () => {
  it("runs everything of ours three times by default", () => {
    const { rounds, servers, tests, phoenix } = readOptions([]);
    expect({ rounds, servers, phoenix }).toEqual({ rounds: 3, servers: ["wingbeat", "socketio", "ws"], phoenix: null });
    expect(tests).toHaveLength(8);
  });

  it("adds a Phoenix server given by URL and pid", () => {
    const url = "ws://127.0.0.1:4100/bench/websocket";
    const { servers, phoenix } = readOptions(["--servers", "ws", "--phoenix-url", url, "--phoenix-pid", "7"]);
    expect(servers).toEqual(["ws", "phoenix"]);
    expect(phoenix).toEqual({ url: new URL(url), pid: 7 });
  });

  it.each([
    [["--rounds", "0"]],
    [["--servers", "wingbeat,nobody"]],
    [["--tests", "fan1"]],
    [["--speed"]],
    [["--phoenix-pid", "7"]],
    [["--phoenix-url", "http://127.0.0.1:4100/", "--phoenix-pid", "7"]],
  ])("refuses %j", (args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
