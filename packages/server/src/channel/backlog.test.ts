import { describe, expect, it, vi } from "vitest";
import { Backlog } from "./backlog.ts";
import type { ChannelHost } from "./host.ts";

interface Item {
  readonly isOfClient: boolean;
  readonly payload: string;
}

/** Items weigh a little more than 2,000. */
function setUp(mailboxBytes: number) {
  let waiting = 0;
  const host = {
    mailboxLimit: 1_000,
    mailboxBytes,
    pause: vi.fn<() => void>(),
    resume: vi.fn<() => void>(),
    waits: (_topic: string, bytes: number) => void (waiting += bytes),
  } as unknown as ChannelHost;
  const backlog = new Backlog<Item>("room:1", host, (item) => item.isOfClient);
  const add = (isOfClient: boolean): void => backlog.add({ isOfClient, payload: "x".repeat(1_000) });
  return { add, backlog, waiting: () => waiting };
}

describe("messages that wait", () => {
  it("of the client are counted in bytes for its connection, and no longer when they are taken", () => {
    const { add, backlog, waiting } = setUp(10_000);
    add(true);
    const weight = waiting();
    expect(weight).toBeGreaterThan(2_000);
    add(true);
    add(false);
    expect(waiting()).toBe(2 * weight);
    backlog.take();
    expect(waiting()).toBe(weight);
    backlog.takeAll();
    expect(waiting()).toBe(0);
  });

  it("of others may weigh eight times as much, and then end the channel", () => {
    const { add, waiting } = setUp(10_000);
    for (let n = 0; n < 36; n++) add(false);
    expect(() => {
      for (let n = 0; n < 3; n++) add(false);
    }).toThrow(expect.objectContaining({ code: "WB_MAILBOX_OVERFLOW" }));
    expect(waiting()).toBe(0);
  });
});
