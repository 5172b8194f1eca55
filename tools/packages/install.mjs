/**
 * A user's folder: the tarballs, the dependencies that they declare, TypeScript and Node's types. Every subpath must
 * import there, and its declarations compile, also for users who check those of libraries.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../repository.mjs";

const TSC = join(root, "node_modules/typescript/bin/tsc");
const OPTIONS = {
  module: "nodenext",
  target: "es2023",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
};

/** Frameworks whose declarations name the DOM: what is for them is compiled with it, and all else without. */
const OF_PAGES = ["vue", "svelte"];

/** Types of Node and of peers, which their users have, and what these need. */
const TYPES = ["@types/node", "undici-types", "@types/react", "csstype"];

export function installFaults(packed, folder) {
  const own = new Set(packed.map(({ manifest }) => manifest.name));
  for (const one of packed) unpack(one, folder);
  const needed = packed.flatMap(({ manifest }) =>
    Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  );
  const foreign = [...new Set(needed)].filter((name) => !own.has(name));
  const untyped = foreign.filter((name) => !hasTypes(name));
  for (const name of [...foreign, ...TYPES]) if (!untyped.includes(name)) link(name, folder);

  const specifiersOf = (some) =>
    some.flatMap(({ manifest }) =>
      Object.keys(manifest.exports)
        .filter((subpath) => !subpath.endsWith(".json"))
        .map((subpath) => manifest.name + subpath.slice(1)),
    );
  const specifiers = specifiersOf(packed);
  const isOfPages = ({ manifest }) => OF_PAGES.some((name) => name in (manifest.peerDependencies ?? {}));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  // Compiled without the packages that have no types of their own: in declarations these would be `any`, unseen.
  const compiled = [
    ...compileFaults("user", specifiersOf(packed.filter((one) => !isOfPages(one))), ["es2024"], folder),
    ...compileFaults("page", specifiersOf(packed.filter(isOfPages)), ["es2024", "dom", "dom.iterable"], folder),
  ];
  for (const name of untyped) link(name, folder);
  const imported = specifiers.map((specifier) => ["--input-type=module", "-e", `await import("${specifier}")`]);
  const required = packed
    .filter(({ manifest }) => manifest.main !== undefined)
    .map(({ manifest }) => ["--input-type=commonjs", "-e", `require("${manifest.name}")`]);
  return [...compiled, ...[...imported, ...required].flatMap((args) => faultOf(args, folder))];
}

function compileFaults(name, specifiers, lib, folder) {
  const compilerOptions = { ...OPTIONS, lib };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  writeFileSync(join(folder, `${name}.ts`), specifiers.map(asUser).join("\n"));
  return faultOf([TSC, "-p", join(folder, `${name}.json`)], folder);
}

function hasTypes(name) {
  return /"(types|typings)":/.test(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
}

function unpack({ manifest, tarball }, folder) {
  const target = join(folder, "node_modules", manifest.name);
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
}

function link(name, folder) {
  const target = join(folder, "node_modules", name);
  const source = join(root, "node_modules", name);
  if (!existsSync(source)) throw new Error(`${name} is not installed: npm ci`);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target);
}

const asUser = (specifier, index) => `import * as entry${index} from "${specifier}";\nvoid entry${index};`;

function faultOf(args, cwd) {
  try {
    execFileSync(process.execPath, args, { cwd, encoding: "utf8", stdio: "pipe" });
    return [];
  } catch (failure) {
    return [`as a user: node ${args.slice(-2).join(" ")}\n${failure.stdout}${failure.stderr}`];
  }
}
