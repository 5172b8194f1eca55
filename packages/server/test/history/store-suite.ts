/** What every history store does, whatever keeps its logs. */
import { describe, expect, it, vi } from "vitest";
import { holdsUpTo, isOnPath } from "../../src/pubsub/history/position.ts";
import type { Head } from "../../src/pubsub/history/position.ts";
import { NotStored } from "../../src/pubsub/history/store.ts";
import type { Body, HistoryStore, Stored } from "../../src/pubsub/history/store.ts";
import { PATIENCE, TEST_TIME } from "../pubsub/engines.ts";
import { markOf, RULE, StoreNode } from "./store-node.ts";

export interface StoreSuiteOptions {
  readonly name: string;
  /** Makes stores, not started, that share one engine and an empty place in it. Called once per test. */
  readonly stores: (count: number) => readonly HistoryStore[] | Promise<readonly HistoryStore[]>;
  /** It is in this process: no answer is ever lost, and it never ends before its node. Default: false. */
  readonly isLocal?: boolean;
  /** Several nodes can share a log. */
  readonly severalNodes: boolean;
  /** What somebody else may do to the log of a topic, which has entries, of the stores that were made last. */
  readonly vandalism?: Readonly<Record<string, (topic: string) => Promise<unknown>>>;
  /** Sends bytes to where the stores that were made last hear of entries. */
  readonly shout?: (bytes: Uint8Array) => Promise<unknown>;
}

const TOPIC = "room:1";
const numbers = (count: number, from = 1): string[] => Array.from({ length: count }, (_, index) => `${from + index}`);
const offsetsOf = (entries: readonly Stored[]): number[] => entries.map(({ offset }) => offset);
/** A store may know where a log without entries would begin, or not. */
const topsOf = (heads: readonly (Head | undefined)[]): number[] => heads.map((head) => head?.top ?? 0);
const bodiesOf = (entries: readonly Stored[]): Body[] => entries.map(({ body }) => body);

export function storeSuite({
  name,
  stores,
  isLocal = false,
  severalNodes,
  vandalism = {},
  shout,
}: StoreSuiteOptions): void {
  /** Declares a test with nodes that are up. */
  const test = (title: string, count: number, run: (...nodes: StoreNode[]) => Promise<void>): void => {
    it(title, { timeout: TEST_TIME }, async () => {
      const nodes = (await stores(count)).map((store) => new StoreNode(store));
      try {
        for (const node of nodes) await node.store.start(node);
        for (const node of nodes) expect(node.store.status()).toMatchObject({ state: "up" });
        await run(...nodes);
      } finally {
        for (const node of nodes) await node.store.stop();
      }
    });
  };
  const one = (title: string, run: (node: StoreNode) => Promise<void>): void =>
    test(title, 1, (node) => run(node as StoreNode));

  describe(`a history store, ${name}: the log`, () => {
    one(
      "has no head while nothing was read or stored; reading tells a position before the first entry",
      async (node) => {
        expect(topsOf(await node.store.heads([TOPIC]))).toEqual([0]);
        const slice = await node.read(TOPIC);
        expect(slice).toMatchObject({ head: { top: 0 }, oldest: 1, entries: [] });
        expect(slice.head.lineage).toMatch(/^[\w-]{1,40}$/);
        expect(slice.head.chain).toHaveLength(1);
        expect(slice.head.chain[0]!.tag).toMatch(/^[\w-]{1,40}$/);
        expect(await node.head(TOPIC)).toEqual(slice.head);
        const { head } = await node.publish(TOPIC, "a");
        expect(head).toEqual({ ...slice.head, top: 1 });
        expect(isOnPath(head, markOf(slice.head))).toBe(true);
      },
    );

    one("gives offsets 1, 2, 3 …, in one batch and over several", async (node) => {
      expect((await node.publish(TOPIC, "a")).offsets).toEqual([1]);
      expect((await node.publish(TOPIC, "b", "c", "d")).offsets).toEqual([2, 3, 4]);
      const { offsets, head } = await node.publish(TOPIC, "e");
      expect({ offsets, top: head.top }).toEqual({ offsets: [5], top: 5 });
      expect(await node.bodies(TOPIC)).toEqual(["a", "b", "c", "d", "e"]);
    });

    one("keeps of an entry all that it was given", async (node) => {
      const batch = node.batch(TOPIC, ["x"]);
      const from = "k1ZrT0pW4u9bQm3cYx7hNg";
      const entry = { event: "größe 🦋", body: '[null,null,"räume","größe 🦋",{}]', from, seq: 2 ** 40, id: undefined };
      const { head, at } = await node.append({ ...batch, entries: [entry] });
      expect((await node.read(TOPIC)).entries).toEqual([
        {
          topic: TOPIC,
          lineage: head.lineage,
          tag: head.chain[0]!.tag,
          offset: 1,
          at,
          event: entry.event,
          body: entry.body,
          from,
          producer: node.producer,
          seq: entry.seq,
        },
      ]);
      expect(at).toBeGreaterThan(Date.UTC(2020));
      expect(Number.isInteger(at)).toBe(true);
    });

    one("reads what follows an offset, the last ones, and backwards", async (node) => {
      await node.publish(TOPIC, ...numbers(10));
      const read = async (range: { after?: number; limit: number; reverse?: boolean }): Promise<number[]> => {
        const slice = await node.store.read(TOPIC, RULE, { after: undefined, ...range });
        expect(slice).toMatchObject({ head: { top: 10 }, oldest: 1 });
        return offsetsOf(slice.entries);
      };
      expect(await read({ after: 7, limit: 100 })).toEqual([8, 9, 10]);
      expect(await read({ after: 0, limit: 2 })).toEqual([1, 2]);
      expect(await read({ after: 4, limit: 3 })).toEqual([5, 6, 7]);
      expect(await read({ after: 10, limit: 100 })).toEqual([]);
      expect(await read({ after: 11, limit: 100 })).toEqual([]);
      expect(await read({ after: 2 ** 48 - 1, limit: 100 })).toEqual([]);
      expect(await read({ limit: 3 })).toEqual([8, 9, 10]);
      expect(await read({ limit: 100 })).toHaveLength(10);
      expect(await read({ limit: 3, reverse: true })).toEqual([10, 9, 8]);
      expect(await read({ limit: 0 })).toEqual([]);
    });

    one("carries binary bodies and texts of all kinds", async (node) => {
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const bodies: Body[] = [all, new Uint8Array(), "", "größe 🦋\u2028\r\n\t'\"\\", "[]"];
      await node.publish(TOPIC, ...bodies);
      const found = (await node.read(TOPIC)).entries;
      expect(bodiesOf(found)).toEqual(bodies);
      for (const { body } of found) if (typeof body !== "string") expect(body.constructor).toBe(Uint8Array);
    });

    one("carries entries of 1 MB", async (node) => {
      const bodies = ["x".repeat(1_000_000), Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 251)];
      await node.publish(TOPIC, ...bodies);
      const found = await node.bodies(TOPIC);
      expect(found[0] === bodies[0]).toBe(true);
      expect(Buffer.compare(found[1] as Uint8Array, bodies[1] as Uint8Array)).toBe(0);
    });

    one("keeps topics apart, whatever their names", async (node) => {
      const topics = [
        "a",
        "A",
        "a:b",
        "a b",
        "räume:größe 🦋",
        "{a}",
        "a}{b",
        "{}",
        "{",
        "*",
        "%",
        "'",
        "a\\b",
        "a\nb",
        "__proto__",
        "x".repeat(300),
      ];
      for (const topic of topics) await node.publish(topic, `of ${topic}`);
      for (const topic of topics) {
        const { entries } = await node.read(topic);
        expect(entries).toMatchObject([{ topic, offset: 1, body: `of ${topic}` }]);
      }
      const heads = await node.store.heads([...topics, "no such topic", ...topics]);
      expect(topsOf(heads)).toEqual([...topics.map(() => 1), 0, ...topics.map(() => 1)]);
      expect(new Set(heads.map((head) => head?.lineage)).size).toBe(topics.length + 1);
    });

    one("answers for a thousand topics at once", async (node) => {
      const topics = Array.from({ length: 1_000 }, (_, index) => `many:${index}`);
      await Promise.all(topics.slice(0, 100).map((topic) => node.publish(topic, "a")));
      const heads = await node.store.heads(topics);
      expect(topsOf(heads)).toEqual(topics.map((_, index) => (index < 100 ? 1 : 0)));
      expect(await node.store.heads([])).toEqual([]);
    });

    one("stores a batch all at once: nobody reads a part of it", async (node) => {
      const reads: Promise<{ head: { top: number } }>[] = [];
      for (let batch = 0; batch < 5; batch++) {
        const appending = node.publish(TOPIC, ...numbers(50));
        for (let index = 0; index < 5; index++) reads.push(node.read(TOPIC, undefined, 1));
        await appending;
      }
      for (const { head } of await Promise.all(reads)) expect(head.top % 50).toBe(0);
    });

    one("begins anew when it was cleared: nothing of before is on its path", async (node) => {
      const { head: before } = await node.publish(TOPIC, "a", "b");
      await node.publish("other", "c");
      await node.store.clear(TOPIC);
      expect(topsOf([await node.head(TOPIC)])).toEqual([0]);
      const { head, offsets } = await node.publish(TOPIC, "d");
      expect(offsets).toEqual([1]);
      expect(head.lineage).not.toBe(before.lineage);
      expect(isOnPath(head, markOf(before, 1))).toBe(false);
      expect(await node.bodies(TOPIC)).toEqual(["d"]);
      expect(await node.bodies("other")).toEqual(["c"]);
      await node.store.clear("no such topic");
    });
  });

  describe(`a history store, ${name}: what it keeps`, () => {
    one("drops the oldest beyond `size`, also within one batch, and when it shrinks", async (node) => {
      const sized = (size: number) => ({ rule: { ...RULE, size } });
      await node.append(node.batch(TOPIC, numbers(5), sized(3)));
      expect(await node.read(TOPIC, 0)).toMatchObject({ head: { top: 5 }, oldest: 3 });
      await node.append(node.batch(TOPIC, numbers(2, 6), sized(3)));
      const slice = await node.read(TOPIC, 0);
      expect({ oldest: slice.oldest, bodies: bodiesOf(slice.entries) }).toEqual({ oldest: 5, bodies: ["5", "6", "7"] });
      await node.append(node.batch(TOPIC, ["8"], sized(1)));
      expect(await node.read(TOPIC, 0)).toMatchObject({
        head: { top: 8 },
        oldest: 8,
        entries: [{ offset: 8, body: "8" }],
      });
    });

    one("drops the oldest beyond `maxBytes`", async (node) => {
      const rule = { ...RULE, maxBytes: 35_000 };
      const body = (number: number): string => `${number}`.padEnd(10_000);
      for (let number = 1; number <= 6; number++) await node.append(node.batch(TOPIC, [body(number)], { rule }));
      const slice = await node.read(TOPIC, 0);
      expect(slice).toMatchObject({ head: { top: 6 }, oldest: 4 });
      expect(bodiesOf(slice.entries)).toEqual([4, 5, 6].map(body));
    });

    one(
      "R-6: gives out nothing older than `ttl`; positions still hold, and nothing is missing after the newest",
      async (node) => {
        const rule = { ...RULE, ttl: 300 };
        const { head } = await node.append(node.batch(TOPIC, ["a", "b"], { rule }));
        await vi.waitUntil(async () => (await node.read(TOPIC, 0, 10, rule)).oldest > 2, { timeout: PATIENCE });
        const slice = await node.read(TOPIC, 2, 10, rule);
        expect(slice).toEqual({ head, oldest: 3, entries: [] });
        const { offsets } = await node.append(node.batch(TOPIC, ["c"]));
        expect(offsets).toEqual([3]);
        const after = await node.read(TOPIC, 2);
        expect(after).toMatchObject({
          head: { lineage: head.lineage },
          oldest: 3,
          entries: [{ offset: 3, body: "c" }],
        });
      },
    );
  });

  // Answers of a store in this process cannot be lost.
  describe.for(isLocal ? [] : [name])("a history store, %s: repeats", () => {
    one("R5: a batch whose answer was lost is found, and not stored again", async (node) => {
      const { head } = await node.publish(TOPIC, "a");
      const batch = node.batch(TOPIC, ["b", "c"]);
      const first = await node.append(batch);
      await node.publish(TOPIC, "d");
      const again = await node.append({ ...batch, isRepeat: true });
      expect(again.offsets).toEqual(first.offsets);
      expect(again.head.top).toBe(4);
      expect(batch.known).toEqual(markOf(head));
      expect(await node.bodies(TOPIC)).toEqual(["a", "b", "c", "d"]);
    });

    one("R5: a batch that never arrived is stored by its repeat", async (node) => {
      await node.publish(TOPIC, "a");
      const lost = node.batch(TOPIC, ["b"]);
      const other = await node.append({ ...node.batch(TOPIC, ["c"]), producer: "other" });
      expect(other.offsets).toEqual([2]);
      expect((await node.append({ ...lost, isRepeat: true })).offsets).toEqual([3]);
      expect((await node.append({ ...lost, isRepeat: true })).offsets).toEqual([3]);
      expect(await node.bodies(TOPIC)).toEqual(["a", "c", "b"]);
    });

    one("R5: a first try that comes after its own repeat is not stored again", async (node) => {
      await node.publish(TOPIC, "a");
      const late = node.batch(TOPIC, ["b"]);
      expect((await node.append({ ...late, isRepeat: true })).offsets).toEqual([2]);
      await node.publish(TOPIC, "c");
      expect((await node.append(late)).offsets).toEqual([2]);
      expect(await node.bodies(TOPIC)).toEqual(["a", "b", "c"]);
    });

    one("R5: another producer's entry of the same number is another one", async (node) => {
      const { head } = await node.publish(TOPIC, "a");
      const known = markOf(head);
      const batch = node.batch(TOPIC, ["b"], { known });
      await node.append(batch);
      expect((await node.append({ ...batch, producer: "other", isRepeat: true })).offsets).toEqual([3]);
    });

    one("R5: a repeat is unknown when the entries since its first try are not all there any more", async (node) => {
      await node.publish(TOPIC, "a");
      const lost = node.batch(TOPIC, ["b"], { rule: { ...RULE, size: 2 } });
      await node.append(node.batch(TOPIC, numbers(5), { rule: { ...RULE, size: 2 } }));
      expect(await node.store.append({ ...lost, isRepeat: true })).toBe("unknown");
      expect(await node.bodies(TOPIC)).toEqual(["4", "5"]);
    });

    one("R5: a repeat is unknown when the log is another one, or nobody knows where it stood", async (node) => {
      await node.publish(TOPIC, "a");
      const lost = node.batch(TOPIC, ["b"]);
      expect(await node.store.append({ ...lost, known: undefined, isRepeat: true })).toBe("unknown");
      await node.store.clear(TOPIC);
      expect(await node.store.append({ ...lost, isRepeat: true })).toBe("unknown");
      await node.publish(TOPIC, "c");
      expect(await node.store.append({ ...lost, isRepeat: true })).toBe("unknown");
      expect(await node.bodies(TOPIC)).toEqual(["c"]);
    });

    one("R5: a repeat without a known position is found when it is there", async (node) => {
      const batch = node.batch(TOPIC, ["a"]);
      await node.append(batch);
      expect(batch.known).toBeUndefined();
      expect(await node.store.append({ ...batch, isRepeat: true })).toMatchObject({ offsets: [1], head: { top: 1 } });
    });

    one("R5: a batch that is larger than the log has its offsets when it is repeated", async (node) => {
      await node.publish(TOPIC, "a");
      const batch = node.batch(TOPIC, numbers(5), { rule: { ...RULE, size: 2 } });
      expect((await node.append(batch)).offsets).toEqual([2, 3, 4, 5, 6]);
      expect((await node.append({ ...batch, isRepeat: true })).offsets).toEqual([2, 3, 4, 5, 6]);
    });

    one("a batch is stored although what the node knew of the log is old, or nothing", async (node) => {
      const rule = { ...RULE, size: 2 };
      await node.publish(TOPIC, "a");
      const known = node.known.get(TOPIC);
      await node.append(node.batch(TOPIC, numbers(5), { rule }));
      expect((await node.append(node.batch(TOPIC, ["b"], { known, rule }))).offsets).toEqual([7]);
      expect((await node.append(node.batch(TOPIC, ["c"], { known: undefined, rule }))).offsets).toEqual([8]);
      await node.store.clear(TOPIC);
      expect((await node.append(node.batch(TOPIC, ["d"], { rule }))).offsets).toEqual([1]);
      expect(await node.bodies(TOPIC)).toEqual(["d"]);
    });
  });

  describe(`a history store, ${name}: ids`, () => {
    one("I-13: what has an id is stored once, whoever sends it", async (node) => {
      const first = await node.append(node.batch(TOPIC, ["a", "b"], {}, ["id:a", "größe 🦋"]));
      const second = await node.append(node.batch(TOPIC, ["other", "c", "other"], {}, ["größe 🦋", "id:c", "id:a"]));
      expect([first.offsets, second.offsets]).toEqual([
        [1, 2],
        [2, 3, 1],
      ]);
      const foreign = await node.append({ ...node.batch(TOPIC, ["other"], {}, ["id:c"]), producer: "other" });
      expect(foreign).toMatchObject({ offsets: [3], head: { top: 3 } });
      expect(await node.bodies(TOPIC)).toEqual(["a", "b", "c"]);
      expect((await node.append(node.batch("other topic", ["a"], {}, ["id:a"]))).head.top).toBe(1);
    });

    one("I-13: twice the same id in one batch is one entry", async (node) => {
      const { offsets } = await node.append(node.batch(TOPIC, ["a", "b", "c"], {}, ["x", "x", "y"]));
      expect(offsets).toEqual([1, 1, 2]);
      expect(await node.bodies(TOPIC)).toEqual(["a", "c"]);
    });

    if (!isLocal)
      one("I-13: an unknown outcome becomes known when it is repeated with its id", async (node) => {
        const batch = node.batch(TOPIC, ["a", "b"], { known: undefined }, ["id:a"]);
        await node.append(batch);
        expect(await node.store.append({ ...batch, isRepeat: true })).toMatchObject({
          offsets: [1, 2],
          head: { top: 2 },
        });
      });

    one("ids are known although the entry was trimmed, and not for longer than `ttl`", async (node) => {
      const rule = { ...RULE, size: 1, ttl: 500 };
      const once = node.batch(TOPIC, ["a"], { rule }, ["id"]);
      await node.append(once);
      await node.append(node.batch(TOPIC, ["b"], { rule }));
      await vi.waitUntil(
        async () => (await node.append(node.batch(TOPIC, ["again"], { rule }, ["id"]))).offsets[0]! > 1,
        { timeout: PATIENCE },
      );
    });

    one("a cleared log knows no ids", async (node) => {
      await node.append(node.batch(TOPIC, ["a"], {}, ["id"]));
      await node.store.clear(TOPIC);
      await node.append(node.batch(TOPIC, ["b"], {}, ["id"]));
      expect(await node.bodies(TOPIC)).toEqual(["b"]);
    });
  });

  describe(`a history store, ${name}: nodes`, () => {
    one("hears what it stores itself, in order, with its position", async (node) => {
      const { head, at } = await node.publish(TOPIC, "a", "b");
      await node.append(node.batch(TOPIC, ["c", "not stored"], {}, ["id", "id"]));
      await node.publish(TOPIC, new Uint8Array([0, 255]));
      if (!node.store.fansOut) return;
      const heard = await node.untilHeard(TOPIC, 4);
      expect(heard).toEqual((await node.read(TOPIC)).entries);
      expect(heard[0]).toEqual({
        ...heard[0]!,
        topic: TOPIC,
        lineage: head.lineage,
        tag: markOf(head).tag,
        offset: 1,
        at,
      });
      expect(node.told[0]).toBe("up");
    });

    if (isLocal) return;

    one("stores and reads nothing when it is stopped, and says so", async (node) => {
      await node.publish(TOPIC, "a");
      await node.store.stop();
      expect(node.store.status()).toMatchObject({ state: "down" });
      await expect((async () => node.publish(TOPIC, "b"))()).rejects.toThrow(NotStored);
      await expect((async () => node.read(TOPIC))()).rejects.toThrow("stopped");
      await expect((async () => node.head(TOPIC))()).rejects.toThrow("stopped");
      await node.store.stop();
    });

    if (!severalNodes) return;

    test("I-3: all nodes hear every entry in the order of the log, whoever sent it", 3, async (...nodes) => {
      const topics = ["room:1", "room:{2}", "räume:3"];
      const perNode = 40;
      const publishing = nodes.flatMap((node) =>
        topics.map(async (topic) => {
          for (let number = 0; number < perNode; number += 2) {
            await node.publish(topic, `${node.producer} ${number}`, `${node.producer} ${number + 1}`);
          }
        }),
      );
      await Promise.all(publishing);
      for (const topic of topics) {
        const { entries, head } = await nodes[0]!.read(topic);
        expect(head.top).toBe(perNode * nodes.length);
        for (const { producer } of nodes) {
          const own = entries.filter((entry) => entry.producer === producer);
          const seqs = own.map(({ seq }) => seq);
          expect(seqs).toEqual(Array.from(seqs, (_, index) => perNode - seqs.length + index + 1));
        }
        for (const node of nodes) {
          expect((await node.read(topic)).entries).toEqual(entries);
          if (!node.store.fansOut) continue;
          const heard = await node.untilHeard(topic, head.top);
          expect(offsetsOf(heard)).toEqual(numbers(head.top).map(Number));
          expect(heard.slice(-entries.length)).toEqual(entries);
        }
      }
    });

    test("nodes agree on lineages, also of a log that all of them begin at once", 3, async (...nodes) => {
      const slices = await Promise.all(nodes.map((node) => node.read(TOPIC)));
      const appended = await Promise.all(nodes.map((node) => node.publish("other", "a")));
      expect(new Set(slices.map(({ head }) => head.lineage)).size).toBe(1);
      expect(new Set(appended.map(({ head }) => head.lineage)).size).toBe(1);
      expect(appended.flatMap(({ offsets }) => offsets).sort()).toEqual([1, 2, 3]);
      for (const { head } of slices) expect(holdsUpTo(head, head.lineage, markOf(head).tag)).toBe(Infinity);
    });

    test("what one node clears, others ask about again", 2, async (a, b) => {
      await a!.publish(TOPIC, "a");
      const before = b!.alarms;
      await a!.store.clear(TOPIC);
      await vi.waitUntil(() => b!.alarms > before, { timeout: PATIENCE });
      expect(topsOf([await b!.head(TOPIC)])).toEqual([0]);
    });
  });

  for (const [act, commit] of Object.entries(vandalism)) {
    one(
      `${name}, garbage in the engine: ${act}: nothing wrong is read, and what is stored afterwards is`,
      async (node) => {
        const before = await node.publish(TOPIC, ...numbers(5));
        const original = (await node.read(TOPIC)).entries;
        await commit(TOPIC);
        const check = async (): Promise<number> => {
          const { head, oldest, entries } = await node.read(TOPIC, 0);
          expect(offsetsOf(entries)).toEqual(numbers(head.top - oldest + 1, oldest).map(Number));
          if (head.lineage !== before.head.lineage) return head.top;
          expect(head.top).toBeGreaterThanOrEqual(5);
          for (const entry of entries) if (entry.offset <= 5) expect(entry).toEqual(original[entry.offset - 1]);
          return head.top;
        };
        const top = await check();
        const appended = await node.publish(TOPIC, "next", "and next");
        expect(appended.offsets).toEqual([top + 1, top + 2]);
        await check();
        const { entries } = await node.read(TOPIC, top);
        expect(bodiesOf(entries)).toEqual(["next", "and next"]);
        expect(await node.head(TOPIC)).toEqual(appended.head);
        expect(node.store.status()).toMatchObject({ state: "up" });
      },
    );
  }

  if (shout === undefined) return;
  describe(`a history store, ${name}: garbage among the entries`, () => {
    one("harms nobody: all entries are heard, in order, and nothing else", async (node) => {
      for (let length = 0; length < 200; length++) {
        await shout(
          Uint8Array.from({ length }, (_, index) => (index === 0 ? length % 5 : (index * length * 37) & 0xff)),
        );
        await node.publish(TOPIC, `${length}`);
      }
      const heard = await node.untilHeard(TOPIC, 200);
      expect(bodiesOf(heard)).toEqual(numbers(200, 0));
      expect(node.heard).toHaveLength(200);
      expect(node.store.status()).toMatchObject({ state: "up" });
    });
  });
}
