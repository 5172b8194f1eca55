/** The black box of numbered pushes in short: `npm run blackbox:pushes` is the long one. */
import { rmSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { redisAvailability, TEST_TIME } from "../../pubsub/engines.ts";
import { temporaryFolder } from "../../pubsub/program.ts";
import { campaign } from "./campaign.ts";

const { isMissing, note } = redisAvailability;

describe.skipIf(isMissing)(`black box of numbered pushes${note}`, () => {
  it(
    "I-14, I-15: while nodes are killed and connections cut, each is handled as it was declared, in order",
    {
      timeout: TEST_TIME,
    },
    async ({ annotate }) => {
      const folder = temporaryFolder();
      onTestFinished(({ task }) => {
        if (task.result?.state === "pass") rmSync(folder, { recursive: true });
      });
      const seed = Date.now() % 1_000_000;
      const told: string[] = [];
      const tell = (line: string): void => void told.push(line);
      const { violations, figures } = await campaign({ pushes: 640, seed, folder, pace: 1_500, tell });
      const story = `seed ${seed}; ${told.join("; ")}; what happened is in ${folder}`;
      await annotate(`${JSON.stringify(figures)}; ${story}`);
      expect(violations, story).toEqual([]);
      expect(figures.pushes).toBe(640);
      expect(figures.starts).toBeGreaterThan(600);
    },
  );
});
