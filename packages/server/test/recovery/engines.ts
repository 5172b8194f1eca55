/** What a campaign can run on. */
import type { Bed } from "./campaign/bed.ts";
import { memoryBed } from "./engines/memory.ts";

export const BEDS: Readonly<Record<string, () => Bed>> = {
  memory: memoryBed,
};
