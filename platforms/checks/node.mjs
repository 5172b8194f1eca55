/** The client on the global WebSocket of each Node. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { faultOf } from "../run.mjs";

const folder = join(import.meta.dirname, "..");
const program = join(folder, "programs/node.mjs");

export async function check({ url }) {
  const results = [];
  for (const major of [22, 24, 26]) {
    const node = join(folder, `node_modules/node-${major}/bin/node`);
    if (!existsSync(node)) throw new Error(`Node ${major} is not installed: its package is for Linux on x64 only.`);
    results.push({ platform: `Node ${major}`, fault: await faultOf(node, [program, url]) });
  }
  const own = await faultOf(process.execPath, ["--experimental-websocket", program, url]);
  results.push({ platform: `Node ${process.version.slice(1)} --experimental-websocket`, fault: own });
  return results;
}
