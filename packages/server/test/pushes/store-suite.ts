/** What every store of numbered pushes does, whatever keeps its records. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HistoryStore } from "../../src/pubsub/history/store.ts";
import { KEPT_REPLIES } from "../../src/pubsub/pushes/store.ts";
import type { Claimed, PushStore } from "../../src/pubsub/pushes/store.ts";
import { TEST_TIME } from "../pubsub/engines.ts";
import { compare, operation } from "./comparison.ts";
import { newRecord, range, TestLine, WINDOW } from "./test-line.ts";

export interface PushStoreSuiteOptions {
  readonly name: string;
  /** Makes history stores, not started, that share one engine and an empty place in it. Called once per test. */
  readonly stores: (count: number) => readonly HistoryStore[] | Promise<readonly HistoryStore[]>;
  /** It is in this process: it can always be reached. Default: false. */
  readonly isLocal?: boolean;
  /** Several nodes can share a record. */
  readonly severalNodes: boolean;
  /** Makes the records of the stores that were made last older by so many milliseconds. */
  readonly pass: (ms: number) => unknown;
  /**
   * Makes the engine of the stores that were made last one that may lack their newest writes, as far as it can tell: here it
   * lacks none. Left out: there is no such thing.
   */
  readonly replace?: () => Promise<unknown>;
  /** What somebody else may do to a record, of the stores that were made last. */
  readonly vandalism?: Readonly<Record<string, (record: string) => Promise<unknown>>>;
}

const CLAIMED: Claimed = { state: "claimed" };
const EPOCH: Claimed = { state: "epoch" };
const GONE: Claimed = { state: "settled", reply: undefined };
const settled = (reply: string): Claimed => ({ state: "settled", reply });
const running = (token: string, attempt = 1): Claimed => ({ state: "running", holder: { token, attempt } });

export function pushStoreSuite({
  name,
  stores,
  isLocal = false,
  severalNodes,
  pass,
  replace,
  vandalism = {},
}: PushStoreSuiteOptions): void {
  const nobody = { entry() {}, maybeMissed() {}, moved() {}, up() {}, down() {} };

  /** Declares a test with the stores of so many nodes. */
  const test = (title: string, count: number, run: (...nodes: PushStore[]) => Promise<void>): void => {
    it(title, { timeout: TEST_TIME }, async () => {
      const histories = await stores(count);
      try {
        for (const history of histories) await history.start(nobody);
        await run(...histories.map(({ pushes }) => pushes as PushStore));
      } finally {
        for (const history of histories) await history.stop();
      }
    });
  };
  const one = (title: string, run: (line: TestLine) => Promise<void>): void =>
    test(title, 1, (store) => run(new TestLine(store as PushStore)));
  const opened = (title: string, run: (line: TestLine) => Promise<void>): void =>
    one(title, async (line) => {
      await line.open();
      await run(line);
    });

  describe(`a store of pushes, ${name}: begins a line`, () => {
    one("under a random epoch, before the number that will be the first", async (line) => {
      const { epoch, last } = await line.open();
      expect(last).toBe(0);
      expect(epoch).toMatch(/^.{6,255}$/);
      expect(await new TestLine(line.store).open(17)).toEqual({ epoch: expect.not.stringMatching(epoch), last: 16 });
    });

    opened("and finds it again; `last` is raised, and never lowered", async (line) => {
      const { epoch } = line;
      expect(await line.open(1)).toEqual({ epoch, last: 0 });
      await line.handle(1, 2);
      expect(await line.open(1)).toEqual({ epoch, last: 2 });
      expect(await line.open(6)).toEqual({ epoch, last: 5 });
      expect(await line.open(2)).toEqual({ epoch, last: 5 });
    });

    opened("and does not handle what was skipped", async (line) => {
      await line.handle(1);
      await line.open(4);
      expect(await line.askAll(1, 2, 3)).toEqual(["reply 1", "gone", "gone"]);
      await line.handle(4);
    });

    opened("beside others, of which it knows nothing", async (line) => {
      const other = new TestLine(line.store);
      await other.open();
      await line.handle(1, 2);
      expect(await other.claim(2, "a")).toEqual({ state: "order", next: 1 });
      expect(await other.claim(1, "a", { epoch: line.epoch })).toEqual(EPOCH);
      expect(await other.claim(1, "a")).toEqual(CLAIMED);
      expect(await other.settle(1, "token 1", "reply 1")).toBe(false);
      expect(await line.ask(1)).toBe("reply 1");
    });

    opened("whose numbers may be the highest there are", async (line) => {
      const most = Number.MAX_SAFE_INTEGER;
      expect(await line.open(most)).toMatchObject({ last: most - 1 });
      expect(await line.claim(most - 1, "a")).toEqual(GONE);
      await line.handle(most);
      expect(await line.ask(most)).toBe(`reply ${most}`);
      expect(await line.open(1)).toEqual({ epoch: line.epoch, last: most });
    });
  });

  describe(`a store of pushes, ${name}: claims`, () => {
    one("nothing without a record", async (line) => {
      expect(await line.claim(1, "a", { epoch: "x" })).toEqual(EPOCH);
      expect(await line.settle(1, "a", "reply")).toBe(false);
      expect(await line.open()).toMatchObject({ last: 0 });
    });

    opened("nothing under another epoch, whatever it is", async (line) => {
      await line.handle(1);
      const { epoch } = line;
      const strange = [
        "",
        " ",
        "x",
        `${epoch}x`,
        epoch.slice(1),
        `${epoch} ${epoch}`,
        ".*",
        "%w+",
        "'",
        "\0",
        "é".repeat(127),
      ];
      for (const other of strange) {
        expect(await line.claim(1, "a", { epoch: other })).toEqual(EPOCH);
        expect(await line.claim(2, "a", { epoch: other })).toEqual(EPOCH);
      }
      await line.handle(2);
    });

    opened("I-15: each number in its turn", async (line) => {
      expect(await line.claim(2, "a")).toEqual({ state: "order", next: 1 });
      expect(await line.claim(1, "a")).toEqual(CLAIMED);
      // Its turn does not wait for the result.
      expect(await line.claim(2, "b")).toEqual(CLAIMED);
      expect(await line.claim(5, "c")).toEqual({ state: "order", next: 3 });
      expect(await line.claim(3, "c")).toEqual(CLAIMED);
      expect(await line.open(1)).toEqual({ epoch: line.epoch, last: 3 });
    });

    opened("I-14: a number once, and says who holds it", async (line) => {
      expect(await line.claim(1, "a")).toEqual(CLAIMED);
      expect(await line.claim(1, "b")).toEqual(running("a"));
      expect(await line.claim(1, "c", { over: { token: "b", attempt: 1 } })).toEqual(running("a"));
    });

    opened("R-23: again under the same token, because the answer was lost", async (line) => {
      for (const n of [1, 2]) expect(await line.claim(n, `${n}`)).toEqual(CLAIMED);
      for (const n of [1, 2, 1]) expect(await line.claim(n, `${n}`)).toEqual(CLAIMED);
      expect(await line.open()).toMatchObject({ last: 2 });
    });

    opened("over from who holds it, and from nobody else", async (line) => {
      await line.claim(1, "a");
      const over = { token: "a", attempt: 1 };
      expect(await line.claim(1, "b", { over, attempt: 2 })).toEqual(CLAIMED);
      // Its answer was lost.
      expect(await line.claim(1, "b", { over, attempt: 2 })).toEqual(CLAIMED);
      expect(await line.claim(1, "c", { over, attempt: 2 })).toEqual(running("b", 2));
      expect(await line.claim(1, "c", { over: { token: "b", attempt: 2 }, attempt: 3 })).toEqual(CLAIMED);
      expect(await line.ask(1)).toBe("running");
      expect(await line.settle(1, "a", "late")).toBe(false);
      expect(await line.settle(1, "b", "late")).toBe(false);
      expect(await line.settle(1, "c", "reply")).toBe(true);
      expect(await line.claim(1, "d", { over: { token: "c", attempt: 3 } })).toEqual(settled("reply"));
    });

    opened("nothing for a claim that comes late, when its number was taken over", async (line) => {
      await line.claim(1, "a");
      await line.claim(1, "b", { over: { token: "a", attempt: 1 }, attempt: 2 });
      expect(await line.claim(1, "a")).toEqual(running("b", 2));
      await line.settle(1, "b", "reply");
      expect(await line.claim(1, "a")).toEqual(settled("reply"));
      expect(await line.claim(1, "b")).toEqual(settled("reply"));
    });

    opened("a number that nobody holds, whomever it should be taken over from", async (line) => {
      expect(await line.claim(1, "b", { over: { token: "a", attempt: 1 }, attempt: 2 })).toEqual(CLAIMED);
      expect(await line.claim(1, "c")).toEqual(running("b", 2));
      expect(await line.claim(3, "c", { over: { token: "a", attempt: 1 } })).toEqual({ state: "order", next: 2 });
    });
  });

  describe(`a store of pushes, ${name}: settles`, () => {
    opened("a number, and gives the same reply however often it is asked for", async (line) => {
      const replies = ["", "ok", '{"a":"b"}', "two\nlines\0\t", "12:3", "é𝄞漢", "x".repeat(6_000), "漢".repeat(2_000)];
      for (const [index, reply] of replies.entries()) {
        expect(await line.claim(index + 1, "a")).toEqual(CLAIMED);
        expect(await line.settle(index + 1, "a", reply)).toBe(true);
      }
      for (const _ of range(1, 3)) expect(await line.askAll(...range(1, replies.length))).toEqual(replies);
    });

    opened("a number whose reply is not kept", async (line) => {
      await line.claim(1, "a");
      expect(await line.settle(1, "a", undefined)).toBe(true);
      expect(await line.claim(1, "b")).toEqual(GONE);
      expect(await line.settle(1, "a", undefined)).toBe(true);
      expect(await line.settle(1, "a", "late")).toBe(false);
      expect(await line.settle(1, "b", undefined)).toBe(false);
      expect(await line.ask(1)).toBe("gone");
    });

    opened("again with the same result, and with no other one", async (line) => {
      await line.claim(1, "a");
      for (const _ of range(1, 3)) expect(await line.settle(1, "a", "reply")).toBe(true);
      expect(await line.settle(1, "a", "other")).toBe(false);
      expect(await line.settle(1, "a", undefined)).toBe(false);
      expect(await line.ask(1)).toBe("reply");
    });

    opened("R20: nothing that is not held under this token", async (line) => {
      expect(await line.settle(1, "a", "reply")).toBe(false);
      await line.claim(1, "a");
      expect(await line.settle(1, "b", "other")).toBe(false);
      expect(await line.settle(2, "a", "other")).toBe(false);
      expect(await line.claim(1, "c")).toEqual(running("a"));
      expect(await line.settle(1, "a", "reply")).toBe(true);
      expect(await line.claim(2, "a")).toEqual(CLAIMED);
    });

    opened("in any order", async (line) => {
      for (const n of [1, 2, 3]) await line.claim(n, `${n}`);
      for (const n of [3, 1, 2]) expect(await line.settle(n, `${n}`, `reply ${n}`)).toBe(true);
      expect(await line.askAll(1, 2, 3)).toEqual(["reply 1", "reply 2", "reply 3"]);
    });
  });

  describe(`a store of pushes, ${name}: forgets`, () => {
    opened("numbers that the client is done with, whoever holds them", async (line) => {
      await line.handle(1, 2, 3);
      await line.claim(4, "token 4", { acked: 2 });
      expect(await line.askAll(1, 2, 3)).toEqual(["gone", "gone", "reply 3"]);
      // One that was given up is not run behind later ones, and comes to no end any more.
      expect(await line.claim(5, "token 5", { acked: 4 })).toEqual(CLAIMED);
      expect(await line.ask(4)).toBe("gone");
      expect(await line.claim(4, "a", { over: { token: "token 4", attempt: 1 }, attempt: 2 })).toEqual(GONE);
      expect(await line.settle(4, "token 4", "reply 4")).toBe(false);
      expect(await line.claim(5, "token 5", { acked: 1_000 })).toEqual(CLAIMED);
      expect(await line.askAll(3, 4)).toEqual(["gone", "gone"]);
    });

    opened(`all but the last ${KEPT_REPLIES} replies`, async (line) => {
      const last = KEPT_REPLIES + 8;
      await line.handle(...range(1, last));
      const kept = range(last - KEPT_REPLIES + 1, last);
      expect(await line.askAll(...range(1, last - KEPT_REPLIES))).toEqual(range(1, 8).map(() => "gone"));
      expect(await line.askAll(...kept)).toEqual(kept.map((n) => `reply ${n}`));
    });

    opened("older numbers even while they run", async (line) => {
      await line.claim(1, "a");
      await line.handle(...range(2, KEPT_REPLIES + 2));
      expect(await line.claim(1, "b", { over: { token: "a", attempt: 1 } })).toEqual(GONE);
      expect(await line.settle(1, "a", "reply")).toBe(false);
    });

    opened("everything before a number that is far away", async (line) => {
      await line.handle(1, 2);
      await line.claim(3, "a");
      await line.open(1_000);
      expect(await line.askAll(1, 2, 3, 999)).toEqual(["gone", "gone", "gone", "gone"]);
      await line.handle(1_000);
    });

    opened("a record after its window; every call begins it again", async (line) => {
      const { epoch } = line;
      const most = WINDOW - 60_000;
      await pass(most);
      expect(await line.open()).toEqual({ epoch, last: 0 });
      await pass(most);
      expect(await line.claim(1, "a")).toEqual(CLAIMED);
      await pass(most);
      expect(await line.claim(1, "b")).toEqual(running("a"));
      await pass(most);
      expect(await line.settle(1, "a", "reply")).toBe(true);
      await pass(most);
      expect(await line.ask(1)).toBe("reply");
      await pass(WINDOW + 1);
      expect(await line.claim(1, "a")).toEqual(EPOCH);
      expect(await line.claim(2, "a")).toEqual(EPOCH);
      expect(await line.settle(1, "a", "reply")).toBe(false);
      const next = await line.open(2);
      expect(next).toEqual({ epoch: expect.not.stringMatching(epoch), last: 1 });
      // R20: the old epoch is not valid again, although there is a record.
      expect(await line.claim(2, "a", { epoch })).toEqual(EPOCH);
      expect(await line.claim(1, "a", { epoch })).toEqual(EPOCH);
      expect(await line.claim(1, "a")).toEqual(GONE);
      await line.handle(2);
    });

    opened("a record after the window of the last call, be it shorter or longer", async (line) => {
      await line.claim(1, "a", { window: 10_000_000 });
      await pass(WINDOW + 60_000);
      expect(await line.claim(1, "b", { window: 120_000 })).toEqual(running("a"));
      await pass(120_001);
      expect(await line.ask(1)).toBe("epoch");
    });
  });

  describe(`a store of pushes, ${name}: keeps the contract`, () => {
    test("whatever is asked in whatever order", 1, async (store) => {
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { minLength: 40, maxLength: 60 }), (operations) =>
          compare(new TestLine(store as PushStore), operations, pass),
        ),
        { numRuns: 25 },
      );
    });
  });

  if (severalNodes) several();
  if (replace !== undefined) replaced(replace);
  if (Object.keys(vandalism).length > 0) vandals();
  if (!isLocal) remote();

  function several(): void {
    describe(`a store of pushes, ${name}: several nodes`, () => {
      /** The same line at two nodes. */
      const both = (title: string, run: (a: TestLine, b: TestLine) => Promise<void>): void =>
        test(title, 2, async (first, second) => {
          const a = new TestLine(first as PushStore);
          const { epoch } = await a.open();
          await run(a, new TestLine(second as PushStore, a.record, epoch));
        });

      both("know the same line", async (a, b) => {
        expect(await b.open()).toEqual({ epoch: a.epoch, last: 0 });
        await a.handle(1);
        await b.handle(2);
        expect(await b.ask(1)).toBe("reply 1");
        expect(await a.askAll(1, 2)).toEqual(["reply 1", "reply 2"]);
      });

      test("make one record of a line that both begin", 2, async (first, second) => {
        for (const _ of range(1, 30)) {
          const record = newRecord();
          const [a, b] = await Promise.all([first, second].map((store) => new TestLine(store!, record).open()));
          expect(a).toEqual(b);
        }
      });

      both("I-14: ask for a number at once: one of them gets it, and the other one learns which", async (a, b) => {
        for (const n of range(1, 100)) {
          const [one, other] = await Promise.all([a.claim(n, `a${n}`), b.claim(n, `b${n}`)]);
          const isOne = one.state === "claimed";
          expect([one, other]).toEqual(isOne ? [CLAIMED, running(`a${n}`)] : [running(`b${n}`), CLAIMED]);
        }
      });

      both("take a number over at once: one of them gets it", async (a, b) => {
        for (const n of range(1, 100)) {
          await a.claim(n, "dead");
          const more = { over: { token: "dead", attempt: 1 }, attempt: 2 };
          const [one, other] = await Promise.all([a.claim(n, `a${n}`, more), b.claim(n, `b${n}`, more)]);
          const isOne = one.state === "claimed";
          expect([one, other]).toEqual(isOne ? [CLAIMED, running(`a${n}`, 2)] : [running(`b${n}`, 2), CLAIMED]);
        }
      });

      both("settle a number at once: one result stands, and both learn it", async (a, b) => {
        for (const n of range(1, 100)) {
          await a.claim(n, "a");
          const [done, unknown] = await Promise.all([a.settle(n, "a", "done"), b.settle(n, "a", "unknown")]);
          expect(done).toBe(!unknown);
          const reply = done ? "done" : "unknown";
          expect(await Promise.all([a.ask(n), b.ask(n)])).toEqual([reply, reply]);
        }
      });

      both("settle and take over at once: it is settled, or it is the other one's", async (a, b) => {
        for (const n of range(1, 100)) {
          await a.claim(n, "a");
          const over = { token: "a", attempt: 1 };
          const [isSettled, claimed] = await Promise.all([a.settle(n, "a", "done"), b.claim(n, "b", { over })]);
          expect(claimed).toEqual(isSettled ? settled("done") : CLAIMED);
        }
      });
    });
  }

  function replaced(replace: () => Promise<unknown>): void {
    describe(`a store of pushes, ${name}: after its newest writes may have been lost`, () => {
      opened("gives what it has under the old epoch, and claims nothing under it", async (line) => {
        const { epoch } = line;
        await line.handle(1, 2);
        await line.claim(3, "a");
        await replace();
        expect(await line.askAll(1, 2, 3)).toEqual(["reply 1", "reply 2", "running"]);
        expect(await line.claim(3, "a")).toEqual(CLAIMED);
        expect(await line.claim(4, "a")).toEqual(EPOCH);
        expect(await line.claim(5, "a")).toEqual(EPOCH);

        const next = await line.open(5);
        expect(next).toEqual({ epoch: expect.not.stringMatching(epoch), last: 4 });
        expect(await line.open(1)).toEqual(next);
        await line.handle(5);
        const old = new TestLine(line.store, line.record, epoch);
        expect(await old.askAll(1, 2, 3, 4, 5)).toEqual(["reply 1", "reply 2", "running", "gone", "reply 5"]);
        expect(await old.claim(6, "a")).toEqual(EPOCH);
        expect(await old.claim(3, "b", { over: { token: "a", attempt: 1 }, attempt: 2 })).toEqual(CLAIMED);
        expect(await line.settle(3, "b", "reply 3")).toBe(true);
        expect(await old.ask(3)).toBe("reply 3");
        await line.handle(6);
      });

      opened("settles what was claimed before", async (line) => {
        await line.claim(1, "a");
        await replace();
        expect(await line.settle(1, "a", "reply")).toBe(true);
        expect(await line.ask(1)).toBe("reply");
      });

      opened("again and again: each time under another epoch", async (line) => {
        const epochs = [line.epoch];
        for (const n of range(1, 20)) {
          await line.handle(n);
          await replace();
          epochs.push((await line.open()).epoch);
        }
        expect(new Set(epochs).size).toBe(21);
        const answers = await Promise.all(epochs.map((epoch) => new TestLine(line.store, line.record, epoch).ask(20)));
        // The oldest may be forgotten. None of them claims anything.
        expect(answers.slice(-4)).toEqual(range(1, 4).map(() => "reply 20"));
        for (const answer of answers) expect(["reply 20", "epoch"]).toContain(answer);
        for (const epoch of epochs.slice(0, -1)) expect(await line.claim(21, "a", { epoch })).toEqual(EPOCH);
        await line.handle(21);
      });
    });
  }

  function vandals(): void {
    describe(`a store of pushes, ${name}: a record that somebody else has changed`, () => {
      for (const [what, act] of Object.entries(vandalism)) {
        opened(`${what}: nothing is handled twice, and the line can be begun anew`, async (line) => {
          await line.handle(1, 2);
          await line.claim(3, "a");
          await act(line.record);
          const reply = await line.ask(1);
          expect(["reply 1", "gone", "epoch"]).toContain(reply);
          expect((await line.claim(2, "b")).state).toMatch(/^(settled|epoch)$/);
          expect((await line.claim(3, "b")).state).toMatch(/^(settled|running|epoch)$/);
          expect((await line.claim(9, "b")).state).toMatch(/^(settled|order|epoch)$/);
          expect(await line.settle(4, "a", "reply")).toBe(false);
          const { last } = await line.open(4);
          expect(last).toBeGreaterThanOrEqual(3);
          expect(await line.askAll(1, 2)).not.toContain("claimed");
          await line.handle(last + 1, last + 2);
          expect(await line.askAll(last + 1, last + 2)).toEqual([`reply ${last + 1}`, `reply ${last + 2}`]);
        });
      }
    });
  }

  function remote(): void {
    it(`a store of pushes, ${name}: rejects when it cannot be reached`, { timeout: TEST_TIME }, async () => {
      const [history] = (await stores(1)) as [HistoryStore];
      await history.start(nobody);
      const line = new TestLine(history.pushes as PushStore);
      await line.open();
      await history.stop();
      await expect(line.claim(1, "a")).rejects.toThrow(Error);
      await expect(line.settle(1, "a", "reply")).rejects.toThrow(Error);
      await expect(line.open()).rejects.toThrow(Error);
    });
  }
}
