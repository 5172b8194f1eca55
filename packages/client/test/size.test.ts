/** How much a page loads for the client: bundled and minified as esbuild does it, gzipped as a server would. */
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { SOURCES } from "./programs.ts";

interface Loaded {
  /** Gzipped bytes of what the page loads before it runs. */
  readonly bytes: number;
  readonly hasLongPolling: boolean;
  /** The files that it may load later, and the bytes of each with all that it brings. */
  readonly later: readonly { readonly name: string; readonly bytes: number; readonly hasLongPolling: boolean }[];
}

/** Bundles a page into several files, as a site with code splitting does. */
async function load(contents: string): Promise<Loaded> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    alias: SOURCES,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outdir: "out",
    metafile: true,
    write: false,
  });
  const importsOf = (file: string, kind: string): string[] =>
    (metafile.outputs[file]?.imports ?? []).filter((found) => found.kind === kind).map(({ path }) => path);
  const withImports = (file: string): string[] => [
    file,
    ...importsOf(file, "import-statement").flatMap((imported) => withImports(imported)),
  ];
  const measure = (entry: string) => {
    const files = outputFiles.filter(({ path }) => withImports(entry).some((file) => path.endsWith(file)));
    return {
      name: entry,
      bytes: files.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0),
      hasLongPolling: files.some(({ text }) => text.includes("X-Phoenix-Longpoll-Token")),
    };
  };
  const page = "out/stdin.js";
  return {
    ...measure(page),
    later: withImports(page)
      .flatMap((file) => importsOf(file, "dynamic-import"))
      .map(measure),
  };
}

describe("what a page loads", () => {
  it.each([
    ["Socket", 9_875],
    ["Socket, Presence", 11_000],
  ])("for %s is at most %i bytes", async (names, limit) => {
    const { bytes, later } = await load(`export { ${names} } from "@wingbeat/client";`);
    const others = later.map((file) => `${file.name} ${file.bytes}`).join(", ");
    expect(bytes, `${names}: ${bytes} bytes of ${limit}; not loaded with it: ${others}`).toBeLessThanOrEqual(limit);
  });

  it.each([
    ["fallback", 2_215],
    ["outbox", 2_960],
    ["refresh", 510],
  ])("later, as %s, is at most %i bytes", async (name, limit) => {
    const { later } = await load('export { Socket } from "@wingbeat/client";');
    const file = later.find((found) => found.name.startsWith(`out/${name}-`));
    expect(file?.bytes).toBeLessThanOrEqual(limit);
  });

  it.each([
    'export { Socket } from "@wingbeat/client";',
    'import { Presence, Socket } from "@wingbeat/client"; new Presence(new Socket("/socket").channel("a"));',
    'import * as client from "@wingbeat/client"; new client.Socket("/socket", { longPollFallbackMs: 2000 }).connect();',
  ])("is without long polling, which comes later with the way to it: %s", async (contents) => {
    const { hasLongPolling, later } = await load(contents);
    expect(hasLongPolling).toBe(false);
    expect(later.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: expect.stringMatching(/fallback/), hasLongPolling: true },
      { name: expect.stringMatching(/outbox/), hasLongPolling: false },
      { name: expect.stringMatching(/refresh/), hasLongPolling: false },
    ]);
  });

  it.each([
    ["indexedDBOutbox", 1_500],
    ["asyncStorageOutbox", 1_000],
  ])("for %s is at most %i bytes more", async (name, limit) => {
    const { bytes } = await load(`export { ${name} } from "@wingbeat/client/outbox";`);
    expect(bytes).toBeLessThanOrEqual(limit);
  });

  it("for phoenix.js's recovery is at most 1 kB", async () => {
    const { bytes } = await load('export { recovery } from "@wingbeat/client/phoenix";');
    expect(bytes).toBeLessThanOrEqual(1024);
  });

  it("for ephemeral values beside the client is at most 1.2 kB, and nothing without them", async () => {
    const { bytes } = await load('export { Socket } from "@wingbeat/client";');
    const both = await load(
      'export { Socket } from "@wingbeat/client"; export { ephemeral } from "@wingbeat/client/ephemeral";',
    );
    expect(both.bytes - bytes).toBeLessThanOrEqual(1_200);
  });

  it("has long polling when it is named", async () => {
    const { hasLongPolling } = await load('export { Socket, LongPoll } from "@wingbeat/client";');
    expect(hasLongPolling).toBe(true);
  });
});
