/**
 * `npm run check:packages`: checks what a user would install. Each published package is packed, inspected, installed from its
 * tarball into an empty folder, imported and compiled against there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentFaults } from "./packages/contents.mjs";
import { installFaults } from "./packages/install.mjs";
import { lintFaults } from "./packages/lint.mjs";
import { lockfileFaults } from "./packages/lockfile.mjs";
import { packAll } from "./packages/pack.mjs";
import { registryFaults } from "./packages/registry.mjs";
import { versionFaults } from "./packages/versions.mjs";
import { publishedPackages } from "./release/packages.mjs";

const published = publishedPackages();

const scratch = mkdtempSync(join(tmpdir(), "wingbeat-packages-"));
try {
  const packed = packAll(published, scratch);
  const faults = [
    ...versionFaults(published),
    ...registryFaults(),
    ...lockfileFaults(),
    ...packed.flatMap(contentFaults),
    ...(await Promise.all(packed.map(lintFaults))).flat(),
    ...installFaults(packed, join(scratch, "user")),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(packed.map(({ manifest, files }) => `${manifest.name}: ${files.length} files`).join("\n"));
} finally {
  rmSync(scratch, { recursive: true });
}
