/** All packages have one version, and the workspace asks for that one. */
import { filesBelow, readJson } from "../repository.mjs";

export function versionFaults(published) {
  const versions = new Map(published.map(({ manifest }) => [manifest.name, manifest.version]));
  if (new Set(versions.values()).size > 1) {
    return [`versions differ: ${[...versions].map((entry) => entry.join("@")).join(", ")}`];
  }
  return filesBelow()
    .filter((path) => /(^|[\\/])package\.json$/.test(path))
    .flatMap((path) => {
      const { dependencies, devDependencies, peerDependencies } = readJson(path);
      return Object.entries({ ...dependencies, ...devDependencies, ...peerDependencies })
        .filter(([name, range]) => versions.has(name) && range.replace(/^\^/, "") !== versions.get(name))
        .map(([name, range]) => `${path}: needs ${name} ${range}, but the workspace has ${versions.get(name)}.`);
    });
}
