/** `npm run soak`: the long runs, one after the other, in a process whose garbage can be collected at will. */
import { defineConfig } from "vitest/config";
import workspace from "../../../../vitest.config.ts";

export default defineConfig({
  cacheDir: "../../../../node_modules/.vite",
  ...(workspace.resolve === undefined ? {} : { resolve: workspace.resolve }),
  test: {
    root: import.meta.dirname,
    include: ["*.soak.ts"],
    execArgv: ["--expose-gc"],
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 600_000,
  },
});
