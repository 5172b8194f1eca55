import { expect, it } from "vitest";
import { explore } from "../pushes/claim-model.ts";

it.each(["refuse", "run"] as const)(
  "I-14, I-15: numbered pushes with %s, whatever three faults come together",
  async (unknown) => {
    expect(await explore(unknown, 3)).toBeGreaterThan(20_000);
  },
  600_000,
);
