/** A worker process broadcasts to three nodes while the engine is killed: what was lost is said, and then it goes on. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, vi } from "vitest";
import { Inbox } from "../integration/inbox.ts";
import type { Fleet } from "./fleet.ts";
import { enterAll, heardFrom, PATIENCE } from "./scenes.ts";
import type { Annotate } from "./scenes.ts";
import type { Guest } from "./visit.ts";
import type { WorkerOrders, WorkerSettings } from "./worker-app.ts";

type Answer = { readonly answer: unknown } | { readonly error: string };

class Worker {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #answers = new Inbox<Answer>();
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** What it has logged. */
  printed = "";

  private constructor(settings: WorkerSettings) {
    this.name = settings.nodeName;
    const path = new URL("worker-app.ts", import.meta.url).pathname;
    this.#child = fork(path, [JSON.stringify(settings)], { execArgv: ["--import", "tsx"], silent: true });
    this.#child.on("message", (answer) => this.#answers.put(answer as Answer));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk) => (this.printed += String(chunk)));
    }
    this.ended = once(this.#child, "exit").then(([code]) => code as number | null);
    onTestFinished(() => void this.#child.kill("SIGKILL"));
  }

  static async start(settings: WorkerSettings): Promise<Worker> {
    const worker = new Worker(settings);
    await worker.#answers.next();
    return worker;
  }

  async order<Name extends keyof WorkerOrders>(
    name: Name,
    ...given: Parameters<WorkerOrders[Name]>
  ): Promise<Awaited<ReturnType<WorkerOrders[Name]>>> {
    this.#child.send([name, ...given]);
    const told = await this.#answers.next();
    if ("error" in told) throw new Error(told.error);
    return told.answer as Awaited<ReturnType<WorkerOrders[Name]>>;
  }

  /** How many messages its log says were lost. */
  get loggedLosses(): number {
    return [...this.printed.matchAll(/LOST (\d+) messages/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  }
}

const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);
/** Together more than the queue of the worker takes. */
const FLOOD = { count: 200, size: 1_000 };
/** Of these, at least so many cannot wait. */
const DROPPED = 100;

export async function worker(fleet: Fleet, topic: string, annotate: Annotate): Promise<void> {
  await fleet.grow(3);
  const { guests } = await enterAll(topic, await fleet.visit(0, 1, 2));
  const settings = (nodeName: string): WorkerSettings => ({ ...fleet.settings, nodeName, topic });
  const one = await Worker.start(settings("worker"));
  const heardBy = (guest: Guest): number[] => heardFrom(guest, one.name);
  const allHear = async (last: number): Promise<void> => {
    for (const guest of guests) await guest.until(() => heardBy(guest).at(-1) === last);
  };

  const allAnswer = (): Promise<void> =>
    vi.waitFor(async () => {
      const names = await one.order("ready");
      expect(names).toEqual(expect.arrayContaining(fleet.nodes.map(({ name }) => name)));
    }, PATIENCE);

  await allAnswer();
  const first = await one.order("say", { count: 200, size: 10 });
  await allHear(first);
  for (const guest of guests) expect(heardBy(guest)).toEqual(upTo(first));

  await one.order("flow");
  await allHearMore(guests, heardBy);
  await fleet.engine.kill();
  await vi.waitFor(async () => expect((await one.order("look")).state).toBe("down"), PATIENCE);
  await one.order("say", FLOOD);
  await expect(one.order("ready", { timeout: 50 })).rejects.toThrow(/WB_UNREACHABLE|the engine is away/);

  const job = await Worker.start(settings("job"));
  await job.order("say", { count: 5, size: 10 });
  expect(await job.order("close", { timeout: 200 })).toEqual({ nodes: [], lost: 5 });
  expect(await job.ended).toBe(0);
  expect(job.loggedLosses).toBe(5);
  expect(job.printed).toContain("REACHES NOBODY");

  await vi.waitFor(() => fleet.engine.start(), PATIENCE);
  await allHearMore(guests, heardBy);
  const last = await one.order("pause");
  await allHear(last);
  const { lost } = await one.order("look");
  await vi.waitFor(() => expect(one.loggedLosses).toBe(lost), PATIENCE);
  expect(lost).toBeGreaterThan(DROPPED);
  for (const guest of guests) {
    const heard = heardBy(guest);
    // Nothing twice, and in order.
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    const missing = last - heard.length;
    expect(missing).toBeGreaterThan(DROPPED);
    // Telemetry is told a moment later.
    await vi.waitFor(async () => {
      const { missedOf } = await guest.visit.look(topic);
      expect(missedOf[one.name] ?? 0).toBeGreaterThanOrEqual(missing);
    }, PATIENCE);
    const { missedOf } = await guest.visit.look(topic);
    const missed = missedOf[one.name];
    await annotate(`${guest.user} has not heard ${missing}; its node missed ${missed}, the worker lost ${lost}`);
  }

  const later = await one.order("say", { count: 100, size: 10 });
  await allHear(later);
  for (const guest of guests) expect(heardBy(guest).slice(-100)).toEqual(upTo(later, later - 99));
  await allAnswer(); // those that were slow to reconnect, too
  const reach = await one.order("close");
  expect(reach).toEqual({ nodes: expect.arrayContaining(fleet.nodes.map(({ name }) => name)), lost });
  // Nothing keeps it alive.
  expect(await one.ended).toBe(0);
  expect(one.printed).toMatch(/DISCONNECTED from other nodes[^]*CONNECTED to other nodes/);
}

/** Waits until each of them has heard something more. */
async function allHearMore(guests: readonly Guest[], heardBy: (guest: Guest) => readonly number[]): Promise<void> {
  const before = guests.map((guest) => heardBy(guest).length);
  await Promise.all(guests.map((guest, n) => guest.until(() => heardBy(guest).length > (before[n] as number))));
}
