import { expect, it } from "vitest";
import type { TapBatch, TapFrame } from "./model.ts";
import { TAP_BUFFER, TapOutlet } from "./tap-outlet.ts";

it("leaves out what a slow viewer does not read, and counts it", () => {
  let waiting = 0;
  const sent: TapBatch[] = [];
  const outlet = new TapOutlet(
    () => waiting,
    (batch) => sent.push(batch),
  );
  const frames = [{}, {}] as TapFrame[];
  outlet.receive({ frames, dropped: 1 });
  waiting = TAP_BUFFER + 1;
  outlet.receive({ frames, dropped: 3 });
  outlet.receive({ frames, dropped: 0 });
  waiting = TAP_BUFFER;
  outlet.receive({ frames, dropped: 0 });
  outlet.receive({ frames, dropped: 0 });
  expect(TAP_BUFFER).toBe(262_144);
  expect(sent.map(({ dropped }) => dropped)).toEqual([1, 7, 0]);
});
