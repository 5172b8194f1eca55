/** The short form of the campaign, for every test run: `npm run attack` has all of it. */
import { expect, it } from "vitest";
import type { Part, Size } from "./campaign.ts";
import { client } from "./client.ts";
import { engines } from "./engines.ts";
import { exhaustion } from "./exhaustion.ts";
import { frames } from "./frames.ts";
import { http } from "./http.ts";

const SIZE: Size = { seed: 20_261, frames: 2_000, seconds: 1 };
/** For a machine that has much else to do. All parts run at once, and none of them judges how long anything takes. */
const TIME = { timeout: 300_000 };

it.concurrent.each([frames, http, exhaustion, client, engines])(
  "$name: every promise holds",
  TIME,
  async (part: Part) => {
    for await (const { title, violations } of part.run(SIZE))
      expect({ title, violations }).toEqual({ title, violations: [] });
  },
);
