/** How much a page loads for the client: bundled and minified as esbuild does it, gzipped as a server would. */
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { SOURCES } from "./programs.ts";

/** Bytes of each file of a bundle, the page's own first. */
async function sizes(
  contents: string,
): Promise<{ readonly name: string; readonly bytes: number; readonly text: string }[]> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    alias: SOURCES,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outdir: "out",
    write: false,
  });
  return outputFiles.map(({ path, contents: bytes, text }) => ({
    name: path.slice(path.lastIndexOf("/") + 1),
    bytes: gzipSync(bytes, { level: 9 }).length,
    text,
  }));
}

describe("what a page loads", () => {
  it.each([
    ["Socket", 7000],
    ["Socket, Presence", 8000],
  ])("for %s is at most %i bytes", async (names, limit) => {
    const [page, ...rest] = await sizes(`export { ${names} } from "@wingbeat/client";`);
    const others = rest.map(({ name, bytes }) => `${name} ${bytes}`).join(", ");
    expect(
      page?.bytes,
      `${names}: ${page?.bytes} bytes of ${limit}; not loaded with it: ${others}`,
    ).toBeLessThanOrEqual(limit);
  });

  it("has long polling and the way to it in files of their own", async () => {
    const [page, ...rest] = await sizes('export { Socket } from "@wingbeat/client";');
    expect(page?.text).not.toContain("X-Phoenix-Longpoll-Token");
    expect(rest.map(({ text }) => text).join("")).toContain("X-Phoenix-Longpoll-Token");
  });
});
