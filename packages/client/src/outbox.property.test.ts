/**
 * The outbox against a model of a server (PROTOCOL.md, section 17), with everything in between that can go wrong: requests
 * and replies that are lost or late, servers that are busy or forget, storages that are slow, and pages that end.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Outbox } from "./outbox.ts";
import type { Answer, OutboxChannel, Posted } from "./outbox/item.ts";
import type { OutboxStorage, StoredPush } from "./outbox/storage.ts";
import { randomName } from "./random-name.ts";
import { Timer } from "./timer.ts";

const TOPIC = "room:1";

interface Number {
  readonly n: number;
  readonly e: string;
  readonly s: string;
  readonly a: number;
}

interface Record {
  epoch: string;
  readonly earlier: Set<string>;
  last: number;
  readonly replies: Map<number, unknown>;
}

const reply = (response: unknown, push?: string): Answer => ({ status: push ? "error" : "ok", response, push });

/** What a server keeps and does, by the words of the protocol. */
class Server {
  readonly handled: { readonly id: number; readonly key: string }[] = [];
  /** So many pushes are not taken. */
  busy = 0;
  #records = new Map<string, Record>();
  #epochs = 0;

  open({ session, next }: { readonly session: string; readonly next: number }): Answer {
    if (this.busy > 0) {
      this.busy--;
      return { status: "error", response: { reason: "unavailable" }, push: undefined };
    }
    const record = this.#records.get(session) ?? this.#newRecord();
    this.#records.set(session, record);
    record.last = Math.max(record.last, next - 1);
    return reply({ epoch: record.epoch, last: record.last });
  }

  push({ id }: { readonly id: number }, { n, e, s, a }: Number): Answer {
    const record = this.#records.get(s);
    if (record === undefined || (record.epoch !== e && !record.earlier.has(e))) return reply({}, "epoch");
    for (const old of record.replies.keys()) if (old <= a) record.replies.delete(old);
    if (n <= record.last) return record.replies.has(n) ? reply(record.replies.get(n)) : reply({}, "expired");
    if (record.epoch !== e) return reply({}, "epoch");
    if (this.busy > 0) {
      this.busy--;
      return reply({ retry_after_ms: 5 }, "later");
    }
    if (n > record.last + 1) return reply({ next: record.last + 1 }, "order");
    record.last = n;
    this.handled.push({ id, key: `${s}:${n}` });
    // Some replies are too large to keep.
    if (id % 7 !== 3) record.replies.set(n, { id });
    return reply({ id });
  }

  /** Loses the newest numbers of all lines, or all. */
  failOver(lost: number): void {
    for (const [session, record] of this.#records) {
      if (lost > 2) this.#records.delete(session);
      record.earlier.add(record.epoch);
      record.epoch = `epoch ${++this.#epochs}`;
      for (let index = 0; index < lost && record.last > 0; index++) record.replies.delete(record.last--);
    }
  }

  #newRecord(): Record {
    return { epoch: `epoch ${++this.#epochs}`, earlier: new Set(), last: 0, replies: new Map() };
  }
}

interface Request {
  readonly event: string;
  readonly payload: unknown;
  readonly extension: unknown;
  readonly answered: (answer?: Answer) => void;
}

/** A channel and its connection: requests wait for the server, replies for the client. */
class Connection implements OutboxChannel {
  readonly topic = TOPIC;
  readonly takesNumbers = true;
  isUp = true;
  requests: Request[] = [];
  replies: (() => void)[] = [];
  readonly told: unknown[];
  readonly #expected = new Set<Request>();

  constructor(told: unknown[]) {
    this.told = told;
  }

  isJoined = (): boolean => this.isUp;
  canPush = (): boolean => this.isUp;

  ask(event: string, payload: unknown, extension: unknown, answered: (answer?: Answer) => void): void {
    const request = { event, payload, extension, answered };
    this.#expected.add(request);
    this.requests.push(request);
  }

  tellOfPushes(settled?: unknown): void {
    if (settled !== undefined) this.told.push(settled);
  }

  /** One request reaches the server. */
  deliver(server: Server): void {
    const request = this.requests.shift();
    if (request === undefined) return;
    const { event, payload, extension } = request;
    const answer =
      event === "wb_pushes" ? server.open(payload as never) : server.push(payload as never, extension as never);
    this.replies.push(() => this.#expected.delete(request) && request.answered(answer));
  }

  /** From now on no reply arrives, and the client knows it. What is on its way may still reach the server. */
  cut(): void {
    const lost = [...this.#expected];
    this.#expected.clear();
    this.replies = [];
    for (const { answered } of lost) answered();
    this.isUp = false;
  }
}

/** A storage whose writes take effect one after the other, when they are allowed to. */
class Storage {
  readonly pushes = new Map<string, StoredPush>();
  /** Of the page that is open. */
  writes: { readonly change: () => void; readonly done: () => void }[] = [];
  isSlow = false;
  #page = 0;

  /** For a page: what earlier ones want is without effect. */
  open(): OutboxStorage {
    const page = ++this.#page;
    const write = (change: () => void): Promise<void> =>
      new Promise((done) => {
        if (page !== this.#page) return;
        this.writes.push({ change, done });
        if (!this.isSlow) this.commit();
      });
    return {
      open: async (_session, adopt) => {
        const orphans = [...this.pushes.values()];
        for (const session of new Set(orphans.map((push) => push.session))) {
          adopt(orphans.filter((push) => push.session === session));
        }
      },
      put: (pushes) => write(() => pushes.forEach((push) => this.pushes.set(push.id, structuredClone(push)))),
      remove: (ids) => write(() => ids.forEach((id) => this.pushes.delete(id))),
      clear: () => write(() => this.pushes.clear()),
    };
  }

  commit(): void {
    for (const { change, done } of this.writes.splice(0)) {
      change();
      done();
    }
  }
}

/** Enough turns for all that is under way. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** A page: the outbox of a socket, and what it has been told. */
class Page {
  readonly outbox: Outbox;
  readonly socket: { channels: OutboxChannel[]; options: object; timeout: number; isActive: boolean };
  /** How the promise of each push was settled. */
  readonly outcomes = new Map<number, unknown[]>();

  constructor(storage: OutboxStorage | undefined) {
    const options = { maxBufferedPushes: 1000, outbox: { storage } };
    this.socket = { channels: [], options, timeout: 1000, isActive: true };
    this.outbox = new Outbox(this.socket as never, { report: () => {}, randomName, newTimer: () => new Timer() });
  }

  push(id: number): void {
    const outcomes: unknown[] = [];
    this.outcomes.set(id, outcomes);
    const push = {
      fail: (reason: string) => outcomes.push(reason),
      settle: (status: string, response: unknown) => status === "ok" && outcomes.push(response),
    };
    const frame = JSON.stringify([null, null, TOPIC, "say", { id }]);
    this.outbox.add({ topic: TOPIC, event: "say", frame, at: Date.now(), resend: false, push } as unknown as Posted);
  }
}

interface Told {
  readonly payload: { readonly id: number };
  readonly reason: string | undefined;
  readonly response: unknown;
}

class World {
  readonly server = new Server();
  readonly storage: Storage | undefined;
  /** By all pages. */
  readonly told: Told[] = [];
  connection = new Connection(this.told);
  /** Those that were cut: what they carried may come late. */
  readonly old: Connection[] = [];
  readonly pages: Page[];
  count = 0;
  losses = 0;
  hasForgotten = false;
  /** Pushes that a page had stored when it ended. */
  readonly durable = new Set<number>();

  constructor(hasStorage: boolean) {
    this.connection.isUp = false;
    this.storage = hasStorage ? new Storage() : undefined;
    this.pages = [new Page(this.storage?.open())];
  }

  get page(): Page {
    return this.pages.at(-1) as Page;
  }

  push(): void {
    this.page.push(this.count++);
  }

  join(): void {
    if (this.connection.isUp) return;
    this.connection = new Connection(this.told);
    this.page.socket.channels = [this.connection];
    this.page.outbox.joined(this.connection);
  }

  cut(): void {
    this.losses++;
    this.old.push(this.connection);
    this.connection.cut();
    this.page.socket.channels = [];
  }

  /** The page ends, and another one begins. */
  close(): void {
    if (this.storage === undefined) return;
    this.losses++;
    this.old.push(this.connection);
    this.connection.replies = [];
    this.connection.isUp = false;
    this.page.socket.channels = [];
    vi.advanceTimersByTime(1);
    this.storage.writes = [];
    for (const { payload } of this.storage.pushes.values()) {
      this.durable.add((JSON.parse(payload as string) as { id: number }).id);
    }
    this.pages.push(new Page(this.storage.open()));
  }

  failOver(lost: number): void {
    this.hasForgotten = true;
    this.server.failOver(lost);
  }

  /** Nothing goes wrong any more. */
  async calm(): Promise<void> {
    if (this.storage !== undefined) this.storage.isSlow = false;
    this.server.busy = 0;
    const isDone = (): boolean => (this.page.outbox.pending(TOPIC) ?? []).length === 0;
    for (let round = 0; round < 40 && (round === 0 || !isDone()); round++) {
      this.storage?.commit();
      this.join();
      await settle();
      while (this.connection.requests.length > 0) this.connection.deliver(this.server);
      for (const answer of this.connection.replies.splice(0)) answer();
      await settle();
      vi.advanceTimersByTime(10_000);
      await settle();
    }
  }
}

type Step = readonly [name: string, act: (world: World) => unknown];
const step = (name: string, act: (world: World) => unknown) => fc.constant<Step>([name, act]);
const times = (max: number, name: string, act: (world: World) => unknown) =>
  fc
    .integer({ min: 1, max })
    .map((count): Step => [`${name} x ${count}`, (world) => Array.from({ length: count }, () => act(world))]);

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: times(20, "push", (world) => world.push()) },
    { weight: 8, arbitrary: times(20, "deliver", (world) => world.connection.deliver(world.server)) },
    { weight: 8, arbitrary: times(20, "answer", (world) => world.connection.replies.shift()?.()) },
    { weight: 5, arbitrary: step("join", (world) => world.join()) },
    { weight: 3, arbitrary: step("cut", (world) => world.cut()) },
    { weight: 4, arbitrary: times(9, "late", (world) => world.old.forEach((old) => old.deliver(world.server))) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 0, max: 3 })
        .map((lost): Step => [`fail over, ${lost} lost`, (world) => world.failOver(lost)]),
    },
    {
      weight: 2,
      arbitrary: fc
        .integer({ min: 1, max: 5 })
        .map((count): Step => [`busy ${count}`, (world) => (world.server.busy = count)]),
    },
    { weight: 2, arbitrary: step("close the page", (world) => world.close()) },
    { weight: 2, arbitrary: step("slow storage", (world) => world.storage && (world.storage.isSlow = true)) },
    { weight: 3, arbitrary: step("commit", (world) => world.storage?.commit()) },
    { weight: 4, arbitrary: step("time", () => vi.advanceTimersByTime(300)) },
  ),
  { maxLength: 80, size: "max" },
);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([false, true])(
  "I-14, I-15: handled at most once, in order, and every promise settles once; with a storage: %s",
  async (hasStorage) => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const world = new World(hasStorage);
        await settle();
        for (const [, act] of all) {
          act(world);
          await settle();
        }
        await world.calm();
        const { handled } = world.server;
        const ids = handled.map(({ id }) => id);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        expect(new Set(handled.map(({ key }) => key)).size).toBe(handled.length);
        for (const page of world.pages) {
          for (const [id, outcomes] of page.outcomes) {
            expect([id, outcomes.length <= 1]).toEqual([id, true]);
            if (page === world.page) expect([id, outcomes.length]).toEqual([id, 1]);
            const [outcome] = outcomes;
            if (typeof outcome === "object") expect([outcome, ids.includes(id)]).toEqual([{ id }, true]);
            if (outcome === "expired") expect([id % 7, ids.includes(id)]).toEqual([3, true]);
            if (outcome === "unknown") expect(world.hasForgotten || world.losses >= 5).toBe(true);
            if (typeof outcome === "string") expect(["expired", "unknown"]).toContain(outcome);
          }
        }
        // What a page had stored was handled, or it was told why not.
        const told = new Set(world.told.map(({ payload }) => payload.id));
        for (const id of world.durable) expect([id, told.has(id)]).toEqual([id, true]);
        expect(world.storage?.pushes.size ?? 0).toBe(0);
        expect(world.page.outbox.pending(TOPIC) ?? []).toEqual([]);
      }),
      { numRuns: 200 },
    );
  },
  120_000,
);
