import { describe, expect, it, vi } from "vitest";
import { Info, Published, Task } from "./item.ts";
import type { From, Item } from "./item.ts";
import { Mailbox } from "./mailbox.ts";

const TEXT = "x".repeat(1_000);

/** Items that weigh a little more than 2,000. */
const ITEMS: Readonly<Record<From, () => Item>> = {
  client: () => ({ joinRef: "1", ref: "2", topic: "room:1", event: "new_msg", payload: { text: TEXT } }),
  others: () => new Published(TEXT),
  itself: () => new Info(TEXT),
};

function setUp({ joining = false, maxMailboxBytes = 10_000 } = {}) {
  let waiting = 0;
  const host = {
    maxMailboxMessages: 1_000,
    maxMailboxBytes,
    pause: vi.fn<() => void>(),
    resume: vi.fn<() => void>(),
    waits: (_topic: string, bytes: number) => void (waiting += bytes),
  };
  const source = () => ({ endpoint: {}, path: "/", id: null, transport: "test", topic: "room:1", pattern: "room:*" });
  const mailbox = new Mailbox({ topic: "room:1", host, joining, source });
  return { add: (from: From) => mailbox.add(ITEMS[from]()), mailbox, waiting: () => waiting };
}

const overflow = expect.objectContaining({ code: "WB_MAILBOX_OVERFLOW" }) as Error;

describe("messages that wait", () => {
  it("of the client are counted in bytes for its connection, and no longer when they are taken", () => {
    const { add, mailbox, waiting } = setUp();
    add("client");
    const weight = waiting();
    expect(weight).toBeGreaterThan(2_000);
    add("client");
    add("others");
    expect(waiting()).toBe(2 * weight);
    mailbox.take();
    expect(waiting()).toBe(weight);
    mailbox.takeAll();
    expect(waiting()).toBe(0);
  });

  it("weigh with what a client puts beside the payload", () => {
    const { mailbox, waiting } = setUp();
    mailbox.add({ ...ITEMS.client(), extension: { garbage: [TEXT, TEXT] } } as Item);
    expect(waiting()).toBeGreaterThan(6_000);
  });

  it("of others may weigh eight times as much; more are dropped", () => {
    const { add, mailbox, waiting } = setUp();
    for (let n = 0; n < 35; n++) expect(add("others")).toBe(true);
    expect([add("others"), add("others"), add("others"), add("others")]).toContain(false);
    expect(mailbox.length).toBeLessThan(40);
    expect(waiting()).toBe(0);
  });

  it("of others leave the channel its room for messages of its own, which throw beyond it", () => {
    const { add } = setUp();
    while (add("others"));
    for (let n = 0; n < 35; n++) expect(add("itself")).toBe(true);
    expect(() => {
      for (let n = 0; n < 4; n++) add("itself");
    }).toThrow(overflow);
  });

  it("for a join throw beyond the limit; when it has failed, only what the client sends is kept", () => {
    const { add, mailbox } = setUp({ joining: true });
    expect(() => {
      for (;;) add("others");
    }).toThrow(overflow);
    mailbox.failJoin(new Error("too many"));
    const { length } = mailbox;
    expect([add("others"), add("itself"), add("client")]).toEqual([false, false, true]);
    expect(mailbox.length).toBe(length + 1);
  });

  it("for a join come after its tasks; those of the client are taken before", () => {
    const { add, mailbox, waiting } = setUp({ joining: true });
    const tasks = [new Task(() => {}), new Task(() => {})] as const;
    add("client");
    mailbox.addTask(tasks[0]);
    add("others");
    mailbox.addTask(tasks[1]);
    expect(mailbox.takeOfClient()).toMatchObject([{ event: "new_msg" }]);
    expect(waiting()).toBe(0);
    expect([mailbox.take(), mailbox.take(), mailbox.take(), mailbox.take()]).toEqual([
      tasks[0],
      tasks[1],
      expect.any(Published),
      undefined,
    ]);
  });
});
