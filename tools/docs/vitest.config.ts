/** For the tests that are printed in documents: `blocks.test.ts` writes them below `artifacts/docs` and runs them. */
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: join(import.meta.dirname, "../../artifacts/docs"),
  test: { include: ["**/*.test.ts"], testTimeout: 600_000 },
});
