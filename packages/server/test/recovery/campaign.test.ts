/** The campaign in short, and over two engines: `npm run blackbox` is the long one. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { redisAvailability } from "../pubsub/engines.ts";
import { temporaryFolder } from "../pubsub/program.ts";
import { campaign } from "./campaign.ts";
import type { Bed } from "./campaign/bed.ts";
import { BEDS } from "./engines.ts";

const SECONDS = 4;
const here = { isMissing: false, note: "" };
const beds = { memory: here, redis: redisAvailability };

for (const [name, { isMissing, note }] of Object.entries(beds)) {
  const bed = BEDS[name] as () => Bed;
  describe.skipIf(isMissing)(`black box: ${name}${note}`, () => {
    it("while everything between client and engine breaks, nothing is lost, doubled or untold", async ({
      annotate,
    }) => {
      const folder = join(temporaryFolder(), name);
      mkdirSync(folder);
      onTestFinished(({ task }) => {
        if (task.result?.state === "pass") rmSync(join(folder, ".."), { recursive: true });
      });
      const seed = Date.now() % 1_000_000;
      const told: string[] = [];
      const tell = (line: string): void => void told.push(line);
      const { violations, behind, figures } = await campaign({ bed: bed(), seconds: SECONDS, seed, folder, tell });
      const story = `seed ${seed}; ${told.join("; ")}; what happened is in ${folder}`;
      await annotate(`${JSON.stringify(figures)}; ${story}`);
      expect({ violations, behind }, story).toEqual({ violations: [], behind: [] });
      expect(figures.delivered).toBeGreaterThan(100);
    });
  });
}
