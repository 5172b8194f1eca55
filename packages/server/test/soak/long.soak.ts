/** The long soak runs: `npm run soak`. Each prints its figures in one line. */
import { describe, expect, it } from "vitest";
import { runCycles } from "./cycles.ts";
import { inMB, MB, report, settledHeap } from "./figures.ts";
import { framesOf } from "./frames.ts";
import { stormIntoSockets } from "./socket-storm.ts";
import { boundOf, runSlowReaders } from "./slow-readers.ts";

const SEED = Number(process.env["SOAK_SEED"] ?? 1);
const FRAMES = Number(process.env["SOAK_FRAMES"] ?? 100_000);
const CYCLES = Number(process.env["SOAK_CYCLES"] ?? 20_000);
/** Frames are made in lots, so that the frames themselves do not fill the heap. */
const LOT = 5_000;

const sum = (into: Record<number, number>, from: Record<number, number>): void => {
  for (const [code, count] of Object.entries(from)) into[Number(code)] = (into[Number(code)] ?? 0) + count;
};
const codes = (closes: Record<number, number>): string =>
  Object.entries(closes)
    .map(([code, count]) => `${code}×${count}`)
    .join(" ");

describe("frames", () => {
  it("random and mutated frames straight into socket processes", async () => {
    const total = { processes: 0, answers: 0, closes: {} as Record<number, number> };
    // Compiled code and caches are no leak: the heap is measured from the end of the second lot.
    for (const lot of [1_000, 1_001]) await stormIntoSockets(framesOf(SEED + lot, LOT));
    const heap = (await settledHeap()) ?? 0;
    for (let lot = 0; lot * LOT < FRAMES; lot++) {
      const figures = await stormIntoSockets(framesOf(SEED + 2_000 + lot, Math.min(LOT, FRAMES - lot * LOT)));
      total.processes += figures.processes;
      total.answers += figures.answers;
      sum(total.closes, figures.closes);
    }
    const growth = ((await settledHeap()) ?? heap) - heap;
    report("frames into socket processes", {
      seed: SEED,
      frames: FRAMES,
      ...total,
      closes: codes(total.closes),
      heap: inMB(growth),
    });
    expect(growth).toBeLessThan(2 * MB);
  });
});

describe("cycles", () => {
  it("connect, join, leave, disconnect", async () => {
    const { resourcesLeft, heapGrowth = 0, ...figures } = await runCycles(CYCLES);
    report("cycles", { ...figures, resourcesLeft: JSON.stringify(resourcesLeft), heap: inMB(heapGrowth) });
    expect(figures).toMatchObject({ connectionsLeft: 0, subscriptionsLeft: 0, topicsLeft: 0 });
    expect(resourcesLeft).toEqual({});
    expect(heapGrowth).toBeLessThan(2 * MB);
  });
});

describe("slow readers", () => {
  it("a join storm and 1 MB/s, while 10 clients have stopped reading", async () => {
    const options = {
      stopped: 10,
      readers: 20,
      storm: 2_000,
      bytesPerSecond: MB,
      duration: 60_000,
      maxBufferedBytes: 4 * MB,
    };
    const { peakGrowth, worstDelay, publishedBytes, ...figures } = await runSlowReaders(options);
    report("slow readers", {
      ...figures,
      publishedBytes: inMB(publishedBytes),
      peak: inMB(peakGrowth),
      worstDelay: `${worstDelay.toFixed(0)} ms`,
    });
    expect(figures).toMatchObject({
      closedSlow: options.stopped,
      stormJoined: options.storm,
      missed: 0,
      connectionsLeft: 0,
    });
    expect(peakGrowth).toBeLessThan(boundOf(options));
  });
});
