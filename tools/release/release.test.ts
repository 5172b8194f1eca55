/** What a release changes, and in which order packages are published. */
import { describe, expect, it } from "vitest";
import { inOrder, publishedPackages } from "./packages.mjs";
import { datedChangelog, manifestWith } from "./version.mjs";

const NAMES = new Set(["wingbeat", "@wingbeat/client"]);

describe("a release", () => {
  it("gives its version to a published package, and to whatever needs one", () => {
    const before = { version: "0.1.0", dependencies: { wingbeat: "0.1.0", ws: "8.0.0" } };
    const peers = { peerDependencies: { "@wingbeat/client": "^0.1.0" }, devDependencies: { wingbeat: "*" } };
    const read = (manifest: object, isPublished: boolean): unknown =>
      JSON.parse(manifestWith(JSON.stringify(manifest), "0.2.0", NAMES, isPublished));
    expect(read(before, true)).toEqual({ version: "0.2.0", dependencies: { wingbeat: "0.2.0", ws: "8.0.0" } });
    expect(read(before, false)).toMatchObject({ version: "0.1.0" });
    expect(read(peers, false)).toEqual({
      peerDependencies: { "@wingbeat/client": "^0.2.0" },
      devDependencies: { wingbeat: "*" },
    });
  });

  it("dates what the changelog says of it, and refuses to be one without news", () => {
    const text = "# Changelog\n\n## Unreleased\n\n- news\n\n## 0.1.0 (2026-01-01)\n";
    const dated = datedChangelog(text, "0.2.0", "2026-12-24");
    expect(dated).toBe("# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-24)\n\n- news\n\n## 0.1.0 (2026-01-01)\n");
    expect(() => datedChangelog(dated, "0.3.0", "2026-12-25")).toThrow("what is new?");
    expect(() => datedChangelog("# Changelog\n", "0.3.0", "2026-12-25")).toThrow("Unreleased");
  });

  it("publishes a package after those that it needs", () => {
    const packages = publishedPackages();
    const names = packages.map(({ manifest }) => manifest.name);
    expect(names.indexOf("@wingbeat/protocol")).toBeLessThan(names.indexOf("@wingbeat/client"));
    expect(names.indexOf("@wingbeat/client")).toBeLessThan(names.indexOf("@wingbeat/react"));
    expect(
      inOrder(packages.toReversed())
        .map(({ manifest }) => manifest.name)
        .sort(),
    ).toEqual([...names].sort());
    expect(packages.filter(({ manifest }) => manifest.private)).toEqual([]);
  });
});
