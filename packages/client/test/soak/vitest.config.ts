/** The long runs of the client: `npx vitest run --config packages/client/test/soak/vitest.config.ts`. */
import { defineConfig } from "vitest/config";
import workspace from "../../../../vitest.config.ts";

export default defineConfig({
  cacheDir: "../../../../node_modules/.vite",
  ...(workspace.resolve === undefined ? {} : { resolve: workspace.resolve }),
  test: {
    root: import.meta.dirname,
    include: ["*.soak.ts"],
    disableConsoleIntercept: true,
    testTimeout: 600_000,
  },
});
