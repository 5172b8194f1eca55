/** The built site, as visitors get it: `npm run docs:check`. */
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    setupFiles: [join(import.meta.dirname, "../../tools/test/patience.ts")],
  },
});
