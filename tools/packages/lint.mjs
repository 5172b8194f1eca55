/** publint and "are the types wrong", on a tarball. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "../repository.mjs";

const run = promisify(execFile);
const ATTW = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");

export async function lintFaults(packed) {
  return [...(await publintFaults(packed)), ...(await attwFaults(packed))];
}

async function publintFaults({ manifest, tarball }) {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  return messages.map((message) => `${manifest.name}: publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function attwFaults({ manifest, tarball }) {
  try {
    // The packages that pages use have a CommonJS copy as well, so every way of resolving them must work.
    const profile = manifest.main === undefined ? "esm-only" : "strict";
    await run(process.execPath, [ATTW, tarball, "--profile", profile, "--no-color", "--format", "ascii"]);
    return [];
  } catch (failure) {
    return [`${manifest.name}: attw: ${failure.stdout ?? ""}${failure.stderr ?? failure.message}`];
  }
}
