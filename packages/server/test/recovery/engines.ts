/** What a campaign can run on. */
import type { Bed } from "./campaign/bed.ts";
import { memoryBed } from "./engines/memory.ts";
import { natsBed } from "./engines/nats.ts";
import { postgresBed } from "./engines/postgres.ts";
import { redisBed } from "./engines/redis.ts";

export const BEDS: Readonly<Record<string, () => Bed>> = {
  memory: memoryBed,
  redis: redisBed,
  nats: natsBed,
  postgres: postgresBed,
};
