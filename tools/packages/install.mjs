/**
 * A user's folder: the tarballs, the dependencies that they declare, TypeScript and Node's types. Every subpath must
 * import there, and its declarations compile, also for users who check those of libraries.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../repository.mjs";

const TSC = join(root, "node_modules/typescript/bin/tsc");
const TSCONFIG = {
  compilerOptions: {
    module: "nodenext",
    target: "es2023",
    lib: ["es2024"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  },
  files: ["user.ts"],
};

export function installFaults(packed, folder) {
  const own = new Set(packed.map(({ manifest }) => manifest.name));
  for (const one of packed) unpack(one, folder);
  const needed = packed.flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}));
  for (const name of new Set([...needed, "@types/node", "undici-types"])) if (!own.has(name)) link(name, folder);

  const specifiers = packed.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((subpath) => !subpath.endsWith(".json"))
      .map((subpath) => manifest.name + subpath.slice(1)),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, "user.ts"), specifiers.map(asUser).join("\n"));
  return [
    ...specifiers.flatMap((specifier) =>
      faultOf(["--input-type=module", "-e", `await import("${specifier}")`], folder),
    ),
    ...faultOf([TSC, "-p", folder], folder),
  ];
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
