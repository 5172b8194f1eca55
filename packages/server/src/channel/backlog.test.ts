import { describe, expect, it, vi } from "vitest";
import { Backlog } from "./backlog.ts";
import type { ChannelHost } from "./host.ts";
import type { From } from "./item.ts";

interface Item {
  readonly from: From;
  readonly payload: string;
}

/** Items weigh a little more than 2,000. */
function setUp(maxMailboxBytes: number) {
  let waiting = 0;
  const host = {
    maxMailboxMessages: 1_000,
    maxMailboxBytes,
    pause: vi.fn<() => void>(),
    resume: vi.fn<() => void>(),
    waits: (_topic: string, bytes: number) => void (waiting += bytes),
  } as unknown as ChannelHost;
  const backlog = new Backlog<Item>("room:1", host, (item) => item.from);
  const add = (from: From): boolean => backlog.add({ from, payload: "x".repeat(1_000) });
  return { add, backlog, waiting: () => waiting };
}

describe("messages that wait", () => {
  it("of the client are counted in bytes for its connection, and no longer when they are taken", () => {
    const { add, backlog, waiting } = setUp(10_000);
    add("client");
    const weight = waiting();
    expect(weight).toBeGreaterThan(2_000);
    add("client");
    add("others");
    expect(waiting()).toBe(2 * weight);
    backlog.take();
    expect(waiting()).toBe(weight);
    backlog.takeAll();
    expect(waiting()).toBe(0);
  });

  it("of others may weigh eight times as much; more are dropped", () => {
    const { add, backlog, waiting } = setUp(10_000);
    for (let n = 0; n < 36; n++) expect(add("others")).toBe(true);
    expect([add("others"), add("others"), add("others"), add("others")]).toContain(false);
    expect(backlog.length).toBeLessThan(40);
    expect(waiting()).toBe(0);
  });

  it("of others leave the channel its room for messages of its own, which throw beyond it", () => {
    const { add } = setUp(10_000);
    while (add("others"));
    for (let n = 0; n < 36; n++) expect(add("itself")).toBe(true);
    expect(() => {
      for (let n = 0; n < 4; n++) add("itself");
    }).toThrow(expect.objectContaining({ code: "WB_MAILBOX_OVERFLOW" }));
  });
});
