import { describe, expect, it } from "vitest";
import { BroadcastError, WingbeatError } from "./errors.ts";

describe("errors", () => {
  it("have a code to switch on, and a cause", () => {
    const cause = new Error("because");
    const error = new WingbeatError("WB_OPTION", "do this", { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "WingbeatError", code: "WB_OPTION", message: "do this", cause });
    expect(error.help).toBe("https://wingbeat.github.io/wingbeat/reference/errors#wb_option");
    expect(String(error)).toBe("WingbeatError: do this");
    expect(new WingbeatError("WB_OPTION", "do this")).not.toHaveProperty("cause");
  });

  it("of a broadcast say which topic and what the adapter said", () => {
    const cause = new Error("connection lost");
    const error = new BroadcastError("room:1", cause);
    expect(error).toBeInstanceOf(WingbeatError);
    expect(error).toMatchObject({ name: "BroadcastError", code: "WB_BROADCAST", topic: "room:1", cause });
    expect(error.message).toContain('broadcast on "room:1" failed: the PubSub adapter said "connection lost"');
    expect(new BroadcastError("room:1", "full").message).toContain('said "full"');
  });
});
