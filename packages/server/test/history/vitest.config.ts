/** `npm run faults`: what takes long because engines must die, stall and come back. */
import { defineConfig } from "vitest/config";
import workspace from "../../../../vitest.config.ts";

export default defineConfig({
  cacheDir: "../../../../node_modules/.vite",
  ...(workspace.resolve === undefined ? {} : { resolve: workspace.resolve }),
  test: {
    root: `${import.meta.dirname}/..`,
    include: ["{history,pushes}/*.faults.ts"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
