/** A user's test under Vitest. */
import { join } from "node:path";
import { faultOf } from "../run.mjs";

const folder = join(import.meta.dirname, "..");
const vitest = join(folder, "node_modules/vitest/vitest.mjs");

export async function check({ url }) {
  const results = [];
  for (const environment of ["node", "jsdom", "happy-dom"]) {
    const args = [vitest, "run", "--root", join(folder, "programs/vitest"), "--environment", environment];
    const fault = await faultOf(process.execPath, args, { cwd: folder, env: { ...process.env, SERVER_URL: url } });
    results.push({ platform: `Vitest, ${environment}`, fault });
  }
  return results;
}
