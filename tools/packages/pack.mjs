/** `npm pack` of each package, all in one run of npm. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../repository.mjs";

/** Gives each package with its `tarball` and the `files` in it. */
export function packAll(published, destination) {
  const workspaces = published.flatMap(({ folder }) => ["--workspace", folder]);
  const listed = execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", destination, ...workspaces], {
    cwd: root,
    encoding: "utf8",
  });
  const packs = JSON.parse(listed);
  return published.map((one) => {
    const pack = packs.find(({ name }) => name === one.manifest.name);
    return { ...one, tarball: join(destination, pack.filename), files: pack.files.map(({ path }) => path) };
  });
}
