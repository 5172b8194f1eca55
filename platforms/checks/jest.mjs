/** A user's test under Jest, which loads packages as CommonJS unless it is told otherwise. */
import { join } from "node:path";
import { faultOf } from "../run.mjs";

const folder = join(import.meta.dirname, "..");
const jest = join(folder, "node_modules/jest/bin/jest.js");
const ENVIRONMENTS = { node: "node", jsdom: "jsdom", "happy-dom": "@happy-dom/jest-environment" };

export async function check({ url }) {
  const results = [];
  for (const [name, environment] of Object.entries(ENVIRONMENTS)) {
    const args = [jest, "--rootDir", join(folder, "programs/jest"), "--env", environment, "--config", "{}"];
    const fault = await faultOf(process.execPath, args, { cwd: folder, env: { ...process.env, SERVER_URL: url } });
    results.push({ platform: `Jest, ${name}`, fault });
  }
  return results;
}
