/** All acceptance checks: `npm run acceptance`. */
import { defineConfig } from "vitest/config";
import workspace from "../../../../vitest.config.ts";

export default defineConfig({
  cacheDir: "../../../../node_modules/.vite",
  ...(workspace.resolve === undefined ? {} : { resolve: workspace.resolve }),
  test: {
    root: import.meta.dirname,
    include: ["*.acceptance.ts"],
    // It takes long: each check is told of as soon as it is over.
    reporters: ["verbose"],
  },
});
