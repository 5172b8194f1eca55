/** The tutorial in a browser: `npm run tutorial`. */
import { defineConfig } from "vitest/config";
import workspace from "../../../vitest.config.ts";

export default defineConfig({
  cacheDir: "../../../node_modules/.vite",
  ...(workspace.resolve === undefined ? {} : { resolve: workspace.resolve }),
  test: {
    root: import.meta.dirname,
    include: ["two-windows.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    reporters: ["verbose"],
  },
});
