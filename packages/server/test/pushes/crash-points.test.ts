/**
 * What becomes of a numbered push whose client loses its connection, or whose node is killed, at each step: before its
 * claim, before the claim's answer, in its handler, before its reply is stored, and before it is sent. Then it comes again.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { memoryHistory } from "../../src/index.ts";
import type { HistoryStore } from "../../src/index.ts";
import { Child } from "../attack/child.ts";
import { gate } from "../integration/inbox.ts";
import { START_TIME, TEST_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { temporaryFolder } from "../pubsub/program.ts";
import type { CrashNodeSettings } from "./crash-node.ts";
import { CRASH_STORES } from "./crash-stores.ts";
import { crashSite, POINTS } from "./crash-site.ts";
import type { Point, Started } from "./crash-site.ts";
import { NumberedClient } from "./numbered-client.ts";
import type { Answer } from "./numbered-client.ts";

const NODE = new URL("crash-node.ts", import.meta.url).href;
const POLICIES = ["refuse", "run"] as const;

const reply = (run: number): Answer => ({ status: "ok", response: { run } });
const HANDLED: Answer = reply(expect.any(Number) as number);
const UNKNOWN: Answer = { status: "error", response: { reason: "outcome unknown" }, push: "unknown" };
const EPOCH: Answer = { status: "error", response: { reason: "unknown epoch" }, push: "epoch" };

/** A client with a line on each topic, which comes and goes. */
class Pushing {
  readonly #session = randomBytes(16).toString("base64url");
  readonly #epochs = new Map<string, string>();
  readonly #ended: (end: () => Promise<void> | void) => void;
  #client!: NumberedClient;

  /** `ended` is given what ends its connections. */
  constructor(ended: (end: () => Promise<void> | void) => void = onTestFinished) {
    this.#ended = ended;
  }

  async come(url: string, ...topics: readonly string[]): Promise<void> {
    this.#client = await NumberedClient.connect(url);
    this.#ended(() => this.#client.drop());
    for (const topic of topics) await this.#client.join(topic, this.#session);
  }

  async begin(topic: string, next = 1): Promise<{ readonly epoch: string; readonly last: number }> {
    const { response } = (await this.#client.open(topic, this.#session, next)) as Answer;
    const line = response as { readonly epoch: string; readonly last: number };
    this.#epochs.set(topic, line.epoch);
    return line;
  }

  push(topic: string, n = 1): Promise<Answer | undefined> {
    const epoch = this.#epochs.get(topic) as string;
    return this.#client.push(topic, "say", {}, { n, epoch, session: this.#session, acked: 0 });
  }

  heartbeat(): Promise<unknown> {
    return this.#client.heartbeat();
  }

  async drop(): Promise<void> {
    this.#client.drop();
    await this.#client.closed;
  }
}

/** A node of this process; the first push that gets to `point` waits until it is let on. */
async function heldSite(history: HistoryStore, point: Point | undefined, starts: Started[]) {
  const { passed: reached, open: reach } = gate<undefined>();
  const { passed: mayGoOn, open: goOn } = gate<undefined>();
  let isFirst = true;
  const { endpoint, url } = await crashSite(
    history,
    async (at) => {
      if (at !== point || !isFirst) return;
      isFirst = false;
      reach(undefined);
      await mayGoOn;
    },
    (start) => starts.push(start),
  );
  onTestFinished(() => endpoint.close({ drain: false }));
  return { url, endpoint, reached, goOn: () => goOn(undefined) };
}

/** The connection is lost at a point; the push comes again, before the first try goes on or after it. */
function cutSuite(store: () => HistoryStore | Promise<HistoryStore>): void {
  for (const point of POINTS) {
    for (const when of ["before", "after"] as const) {
      it(`R-23: the connection is lost before "${point}", and the push comes again ${when} the first try goes on`, async () => {
        const starts: Started[] = [];
        const { url, reached, goOn } = await heldSite(await store(), point, starts);
        const client = new Pushing();
        await client.come(url, "refuse:1");
        await client.begin("refuse:1");
        const lost = client.push("refuse:1");
        await reached;
        await client.drop();
        expect(await lost).toBeUndefined();
        if (when === "after") goOn();
        await client.come(url, "refuse:1");
        const again = client.push("refuse:1");
        if (when === "before") {
          // When this is answered the node has read the push.
          await client.heartbeat();
          goOn();
        }
        const answer = await again;
        expect(answer).toEqual(HANDLED);
        expect(await client.push("refuse:1")).toEqual(answer);
        expect(starts).toEqual([{ topic: "refuse:1", key: expect.stringMatching(/:1$/), attempt: 1 }]);
        expect(await client.push("refuse:1", 2)).toEqual(HANDLED);
        expect(starts).toHaveLength(2);
      });
    }
  }
}

describe("a numbered push, kept in memory", () => {
  cutSuite(memoryHistory);

  for (const point of POINTS) {
    it(`R-23: its process ends before "${point}": the line is gone with it, and nothing is handled again`, async () => {
      const starts: Started[] = [];
      const dead = await heldSite(memoryHistory(), point, starts);
      const client = new Pushing();
      await client.come(dead.url, "run:1");
      await client.begin("run:1");
      void client.push("run:1");
      await dead.reached;
      await client.drop();
      await dead.endpoint.close({ drain: false });
      const before = starts.length;
      expect(before).toBe(["claim", "claimed"].includes(point) ? 0 : 1);

      const next = await heldSite(memoryHistory(), undefined, starts);
      await client.come(next.url, "run:1");
      expect(await client.push("run:1")).toEqual(EPOCH);
      expect(await client.begin("run:1", 2)).toMatchObject({ last: 1 });
      expect(await client.push("run:1", 1)).toMatchObject({ push: "expired" });
      expect(await client.push("run:1", 2)).toEqual(HANDLED);
      expect(starts).toHaveLength(before + 1);
    });
  }
});

for (const store of CRASH_STORES) {
  const { isMissing, note } = store.availability;
  describe.skipIf(isMissing)(`a numbered push, kept in ${store.name}${note}`, () => {
    let engine: TestEngine;
    const folder = temporaryFolder();
    beforeAll(async () => {
      engine = await store.engine();
      await engine.start();
    }, START_TIME);
    afterAll(async () => {
      await engine.end();
      rmSync(folder, { recursive: true });
    });

    cutSuite(async () => store.history(engine.port, await store.namespace(engine.port)));

    /** What is answered by another node after the first one was killed, and how often the handlers ran then. */
    const table: Readonly<Record<Point, Readonly<Record<(typeof POLICIES)[number], readonly [Answer, number]>>>> = {
      claim: { refuse: [HANDLED, 1], run: [HANDLED, 1] },
      claimed: { refuse: [UNKNOWN, 0], run: [HANDLED, 1] },
      handle: { refuse: [UNKNOWN, 1], run: [HANDLED, 2] },
      settle: { refuse: [UNKNOWN, 1], run: [HANDLED, 2] },
      settled: { refuse: [HANDLED, 1], run: [HANDLED, 1] },
    };

    for (const point of POINTS) {
      it.concurrent(
        `R-23: its node is killed before "${point}"`,
        { timeout: TEST_TIME },
        async ({ onTestFinished }) => {
          const namespace = await store.namespace(engine.port);
          const file = join(folder, namespace);
          const settings = { engine: store.name, port: engine.port, namespace, point, pushes: POLICIES.length, file };
          const doomed = await Child.start(NODE, settings satisfies CrashNodeSettings);
          onTestFinished(() => doomed.stop());
          const starts: Started[] = [];
          const other = await crashSite(
            store.history(engine.port, namespace),
            () => {},
            (start) => starts.push(start),
          );
          onTestFinished(() => other.endpoint.close({ drain: false }));
          const topics = POLICIES.map((policy) => `${policy}:1`);
          const client = new Pushing(onTestFinished);
          await client.come(await doomed.ask("url"), ...topics);
          for (const topic of topics) await client.begin(topic);
          const lost = await Promise.all(topics.map((topic) => client.push(topic)));
          expect(lost).toEqual([undefined, undefined]);
          await doomed.ended;
          expect(doomed.end).toContain("SIGKILL");
          if (existsSync(file)) starts.unshift(...linesOf(file));

          await client.come(other.url, ...topics);
          const answers = await Promise.all(topics.map((topic) => client.push(topic)));
          for (const [index, policy] of POLICIES.entries()) {
            const [answer, count] = table[point][policy];
            const topic = topics[index] as string;
            expect(answers[index], policy).toEqual(answer);
            const runs = starts.filter((start) => start.topic === topic);
            expect(runs, policy).toHaveLength(count);
            expect(new Set(runs.map(({ key }) => key)).size).toBe(Math.min(count, 1));
            if (count === 2) expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
            // However often it is asked for, and the line goes on.
            expect(await client.push(topic)).toEqual(answers[index]);
            expect(await client.push(topic, 2)).toEqual(HANDLED);
            expect(starts.filter((start) => start.topic === topic)).toHaveLength(count + 1);
          }
        },
      );
    }
  });
}

const linesOf = (file: string): Started[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Started);
