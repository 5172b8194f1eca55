import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "./history/clock.ts";
import { Attempt, MemoryPushes, Pushes } from "./pushes.ts";
import type { Ask, PushStore } from "./pushes.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const WINDOW = 60_000;

/** A store that can be cut off: calls under way and later ones are not answered. */
function fixture() {
  const memory = new MemoryPushes(systemClock);
  let isCut = false;
  const call = <T>(act: () => T): Promise<T> => (isCut ? new Promise<T>(() => {}) : Promise.resolve().then(act));
  const store: PushStore = {
    open: (...args) => call(() => memory.open(...args)),
    claim: (...args) => call(() => memory.claim(...args)),
    settle: (...args) => call(() => memory.settle(...args)),
  };
  const { epoch } = memory.open("line", 1, WINDOW);
  const ask: Ask = { record: "line", n: 1, epoch, acked: 0, window: WINDOW, unknown: "refuse" };
  return { store, ask, memory, pushes: new Pushes(store, systemClock), cut: (to: boolean) => void (isCut = to) };
}

async function claimed(pushes: Pushes, ask: Ask): Promise<Attempt> {
  const attempt = await pushes.claim(ask);
  if (!(attempt instanceof Attempt)) throw new Error(`not claimed: ${attempt.state}`);
  return attempt;
}

describe("claiming a number", () => {
  it("is for later when the store does not answer within 5 s, and works when it does again", async () => {
    const { pushes, ask, cut } = fixture();
    cut(true);
    const claiming = pushes.claim(ask);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(await Promise.race([claiming, "waiting"])).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(await claiming).toEqual({ state: "later", reason: "unavailable", retryAfter: 1_000 });
    cut(false);
    expect((await claimed(pushes, ask)).attempt).toBe(1);
  });

  it("waits 10 s for the process that has it: then nobody knows its outcome", async () => {
    const { store, pushes, ask } = fixture();
    await claimed(new Pushes(store, systemClock), ask);
    const claiming = pushes.claim(ask);
    await vi.advanceTimersByTimeAsync(9_900);
    expect(await Promise.race([claiming, "waiting"])).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await claiming).toEqual({ state: "unknown" });
    expect(await pushes.claim(ask)).toEqual({ state: "unknown" });
  });

  it("runs it again after these 10 s, if the channel says so", async () => {
    const { store, pushes, ask } = fixture();
    const first = await claimed(new Pushes(store, systemClock), ask);
    const claiming = pushes.claim({ ...ask, unknown: "run" });
    await vi.advanceTimersByTimeAsync(12_000);
    const second = await claiming;
    expect(second).toMatchObject({ attempt: 2 });
    expect(await first.settle("too late")).toBe(false);
    expect(await (second as Attempt).settle("done")).toBe(true);
    expect(await pushes.claim(ask)).toEqual({ state: "settled", reply: "done" });
  });

  it("does not give up a try of its own process, but lets the client ask again", async () => {
    const { pushes, ask } = fixture();
    const first = await claimed(pushes, ask);
    const waiting = pushes.claim(ask);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await waiting).toEqual({ state: "later", reason: "still running", retryAfter: 1_000 });
    const again = pushes.claim(ask);
    await first.settle("done");
    expect(await again).toEqual({ state: "settled", reply: "done" });
  });

  it("takes over at once what its own process has abandoned, as the same try", async () => {
    const { pushes, ask } = fixture();
    (await claimed(pushes, ask)).abandon();
    expect((await claimed(pushes, ask)).attempt).toBe(1);
  });
});

describe("settling a number", () => {
  it("is tried until the store answers", async () => {
    const { pushes, ask, cut } = fixture();
    const attempt = await claimed(pushes, ask);
    cut(true);
    const settling = attempt.settle("done");
    await vi.advanceTimersByTimeAsync(30_000);
    cut(false);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await settling).toBe(true);
    expect(await pushes.claim(ask)).toEqual({ state: "settled", reply: "done" });
  });

  it("is given up when the line is forgotten", async () => {
    const { pushes, ask, cut } = fixture();
    const attempt = await claimed(pushes, ask);
    cut(true);
    const settling = attempt.settle("done");
    await vi.advanceTimersByTimeAsync(WINDOW + 10_000);
    expect(await settling).toBe(false);
  });
});
