/** All tests of the workspace in one run: `npm test`, or `npx vitest run <part of a path>`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { svelteComponents } from "./tools/test/svelte.ts";

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | { readonly default: string }>>;
}

interface Alias {
  readonly find: RegExp;
  readonly replacement: string;
}

/** Each subpath that a package exports leads to its source, so tests see edits without a build. */
function sourcesOf(folder: string): Alias[] {
  const { name, exports = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  return Object.entries(exports).flatMap(([subpath, target]) => {
    const built = typeof target === "string" ? target : target.default;
    const source = join(folder, built.replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
    if (!source.endsWith(".ts")) return [];
    return [{ find: new RegExp(`^${name}${subpath.slice(1)}$`), replacement: source }];
  });
}

const alias = ["packages", "examples"].flatMap((group) =>
  readdirSync(join(import.meta.dirname, group))
    .map((entry) => join(import.meta.dirname, group, entry))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .flatMap(sourcesOf),
);

export default defineConfig({
  resolve: { alias },
  plugins: svelteComponents,
  test: {
    include: ["{packages,examples,conformance,bench,tools}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "**/dist/**", "packages/create-wingbeat/template-ai-chat/**"],
    // Half of a test run is waiting for sockets, so every core may take a file.
    maxWorkers: "100%",
    // For tests that hang. No test comes near these limits, however busy the machine is.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    globalSetup: ["tools/test/templates.mjs"],
    setupFiles: ["tools/test/patience.ts"],
    restoreMocks: true,
    unstubEnvs: true,
  },
});
