import { beforeEach, describe, expect, it } from "vitest";
import type { Batch, Body } from "../../history/store.ts";
import type { Answer, Asked, News } from "./history-message.ts";
import { Keeper } from "./keeper.ts";
import type { RelayedWorker } from "./members.ts";

const RULE = { size: 1_000, ttl: 60_000, maxBytes: 100_000_000 };

/** A worker that remembers what it was sent, and takes it in when it is told to. */
class FakeWorker {
  isGone = false;
  readonly received: News[] = [];
  readonly #confirm: (() => void)[] = [];
  #seq = 0;

  isConnected(): boolean {
    return !this.isGone;
  }
  send(message: News, _handle: undefined, _options: undefined, confirm: () => void): boolean {
    this.received.push(message);
    this.#confirm.push(confirm);
    return true;
  }
  takeIn(): void {
    for (const confirm of this.#confirm.splice(0)) confirm();
  }

  /** Calls the keeper, and gives the answers. */
  ask(...asked: Asked[]): Answer[] {
    const before = this.received.length;
    const calls = asked.map((call, n) => ({ ...call, n: n + 1 }));
    keeper.onMessage(this as unknown as RelayedWorker, {
      wingbeat: "history.calls",
      namespace: "app",
      store: `store ${workers.indexOf(this)}`,
      maxBytes: 1_000_000_000,
      calls,
    });
    return this.received.slice(before).flatMap(({ answers }) => answers);
  }

  append(...bodies: Body[]): Asked {
    const entries = bodies.map((body) => ({ event: "e", body, from: "", seq: ++this.#seq, id: undefined }));
    const batch: Batch = { topic: "t", rule: RULE, producer: "p", entries, known: undefined, isRepeat: false };
    return { ask: "append", batch };
  }

  get offsets(): number[] {
    return this.received.flatMap(({ entries }) => entries.map(({ offset }) => offset));
  }
}

let keeper: Keeper;
let workers: [FakeWorker, FakeWorker];

beforeEach(() => {
  keeper = new Keeper();
  workers = [new FakeWorker(), new FakeWorker()];
  for (const worker of workers) worker.ask({ ask: "join" });
});

describe("the keeper of the primary", () => {
  it("tells all workers of entries before it tells their sender where they stand", () => {
    const [a, b] = workers;
    const answers = a.ask(a.append("1", "2"), a.append("3"));
    expect(answers.map(({ answer }) => answer)).toMatchObject([{ offsets: [1, 2] }, { offsets: [3] }]);
    expect(a.received.at(-1)).toMatchObject({ entries: [{ body: "1" }, { body: "2" }, { body: "3" }] });
    expect(b.received.at(-1)).toMatchObject({ entries: a.received.at(-1)!.entries, answers: [] });
  });

  it("keeps no more of a message than its own bytes, and gives them out as they were", () => {
    const [a, b] = workers;
    const whole = new Uint8Array(1_000_000);
    a.ask(a.append(whole.subarray(10, 12)));
    whole.fill(7);
    const [answer] = b.ask({ ask: "read", topic: "t", rule: RULE, range: { after: 0, limit: 10 } });
    expect(answer).toMatchObject({ answer: { entries: [{ body: new Uint8Array(2) }] } });
  });

  it("tells all that a log is gone", () => {
    const [a, b] = workers;
    a.ask(a.append("1"));
    a.ask({ ask: "clear", topic: "t" });
    for (const worker of [a, b]) expect(worker.received.at(-1)).toMatchObject({ cleared: ["t"] });
    expect(b.ask({ ask: "heads", topics: ["t"] })).toMatchObject([{ answer: [{ top: 0 }] }]);
  });

  it("refuses what it does not understand, and does the rest", () => {
    const [a] = workers;
    const answers = a.ask({ ask: "nonsense" } as never, a.append("1"), { ask: "append" } as never);
    expect(answers).toMatchObject([
      { n: 1, refusal: expect.stringContaining("does not understand") },
      { n: 2, answer: { offsets: [1] } },
      { n: 3, refusal: expect.stringContaining("does not understand") },
    ]);
  });

  it("refuses calls about pushes that are none", () => {
    const [a] = workers;
    const record = "r";
    const claim = { n: 1, epoch: "", acked: 0, token: "a", over: undefined, attempt: 1, window: 60_000 };
    const settlement = { n: 1, token: "a", reply: "ok", window: 60_000 };
    const broken = (content: object): object[] =>
      Object.keys(content)
        .filter((key) => key !== "over" && key !== "reply")
        .flatMap((key) => [null, {}, -1, NaN].map((value) => ({ ...content, [key]: value })));
    const calls = [
      ...broken({ next: 1, window: 60_000, record }).map((open) => ({ ask: "open pushes", ...open })),
      ...[...broken(claim), { ...claim, over: 1 }].map((some) => ({ ask: "claim push", record, claim: some })),
      ...[...broken(settlement), { ...settlement, reply: 1 }].map((some) => ({
        ask: "settle push",
        record,
        settlement: some,
      })),
    ];
    for (const { refusal } of a.ask(...(calls as never[]))) expect(refusal).toContain("does not understand");
    const [opened] = a.ask({ ask: "open pushes", record, next: 1, window: 60_000 });
    const { epoch } = opened!.answer as { readonly epoch: string };
    const answers = a.ask(
      { ask: "claim push", record, claim: { ...claim, epoch } },
      { ask: "settle push", record, settlement },
    );
    expect(answers.map(({ answer }) => answer)).toEqual([{ state: "claimed" }, true]);
  });

  it("forgets a worker that is gone, and not its entries", () => {
    const [a, b] = workers;
    a.ask(a.append("1"));
    keeper.onGone(a as unknown as RelayedWorker);
    a.isGone = true;
    const before = a.received.length;
    b.ask(b.append("2"));
    expect(a.received).toHaveLength(before);
    expect(b.ask({ ask: "heads", topics: ["t"] })).toMatchObject([{ answer: [{ top: 2 }] }]);
  });

  it("drops what is for a worker that takes nothing in, and lets it look for that when it does again", () => {
    const [a, b] = workers;
    const large = "x".repeat(30 * 1024 * 1024);
    const stuck = b.received.length;
    for (let count = 0; count < 20; count++) {
      a.takeIn();
      a.ask(a.append(large));
    }
    expect(b.received.length).toBe(stuck + 2);
    expect(b.received.some(({ isIncomplete }) => isIncomplete)).toBe(false);
    b.takeIn();
    expect(b.received.at(-1)).toMatchObject({ entries: [], isIncomplete: true });
    a.takeIn();
    a.ask(a.append("again"));
    expect(b.offsets).toEqual([1, 2, 21]);
  });

  it("says that an answer is lost instead of queueing it for a worker that takes nothing in", () => {
    const [a] = workers;
    const large = "x".repeat(30 * 1024 * 1024);
    a.ask(a.append(large));
    a.ask(a.append(large));
    expect(a.ask(a.append(large))).toEqual([{ n: 1, isLost: true }]);
    a.takeIn();
    expect(a.received.at(-1)).toMatchObject({ isIncomplete: true });
    expect(a.ask({ ask: "heads", topics: ["t"] })).toMatchObject([{ answer: [{ top: 3 }] }]);
  });

  it("has a limit of namespaces: a message that names another one is refused", () => {
    const worker = new FakeWorker();
    const join = (namespace: string): void =>
      keeper.onMessage(worker as unknown as RelayedWorker, {
        wingbeat: "history.calls",
        namespace,
        store: "s",
        maxBytes: 1_000,
        calls: [{ n: 1, ask: "join" }],
      });
    for (let n = 0; n < 200; n++) join(`garbage ${n}`);
    expect(worker.received.at(-1)!.answers).toEqual([
      { n: 1, refusal: expect.stringContaining("too many namespaces") },
    ]);
    const [a] = workers;
    expect(a.ask(a.append("1"))).toMatchObject([{ answer: { offsets: [1] } }]);
  });
});
