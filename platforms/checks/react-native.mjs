/** React Native: bundled by Metro with its Babel preset, compiled by today's Hermes, run by the Hermes VM. */
import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import Metro from "metro";
import { faultOf } from "../run.mjs";

const require = createRequire(import.meta.url);
const folder = join(import.meta.dirname, "..");
const program = join(folder, "programs/react-native/main.js");
const compiler = join(folder, "node_modules/hermes-compiler/hermesc/linux64-bin/hermesc");
const vm = join(folder, "node_modules/hermes-engine-cli/linux64-bin/hermes");
const ENGINES = [
  { engine: "without TextDecoder", prelude: "" },
  { engine: "with fast-text-encoding", prelude: "globalThis.POLYFILL = true;" },
];

export async function check() {
  const results = [];
  const bundle = join(folder, "node_modules/.react-native.js");
  const code = await bundled();
  writeFileSync(bundle, code);
  const compiled = await faultOf(compiler, ["-emit-binary", "-O", "-w", "-out", `${bundle}.hbc`, bundle]);
  results.push({ platform: "Metro bundle compiled by Hermes", fault: compiled });
  for (const { engine, prelude } of ENGINES) {
    writeFileSync(bundle, `var globalThis = this; ${prelude}\n${code}`);
    results.push({ platform: `Hermes VM ${engine}`, fault: await run(bundle) });
  }
  rmSync(bundle);
  rmSync(`${bundle}.hbc`, { force: true });
  return results;
}

async function bundled() {
  const { getDefaultConfig } = require("@react-native/metro-config");
  const config = await Metro.loadConfig({ cwd: folder, projectRoot: folder }, getDefaultConfig(folder));
  // React Native's own start-up wants the native side, which is not here.
  const serializer = { ...config.serializer, getModulesRunBeforeMainModule: () => [] };
  const options = { entry: program, dev: false, minify: false, platform: "ios" };
  const { code } = await Metro.runBuild({ ...config, serializer, reporter: { update() {} } }, options);
  return code;
}

/** The program prints "done"; a VM that was given an exception exits with another code. */
function run(bundle) {
  return new Promise((resolve) => {
    execFile(vm, ["-w", bundle], { encoding: "utf8" }, (error, stdout, stderr) => {
      resolve(error === null && stdout.trim() === "done" ? undefined : `${stdout}${stderr}` || "it printed nothing");
    });
  });
}
