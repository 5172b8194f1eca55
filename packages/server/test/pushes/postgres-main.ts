/** `npm run blackbox:once -- --pushes 10000 --kills 20`. Exits with 1 when a push was lost, handled twice, or out of order. */
import { parseArgs } from "node:util";
import { postgresEngine } from "../pubsub/engines.ts";
import { soak } from "./postgres-soak.ts";

const { values } = parseArgs({
  options: {
    pushes: { type: "string", default: "10000" },
    kills: { type: "string", default: "20" },
    pace: { type: "string", default: "1" },
  },
});
const [pushes, kills, pace] = [Number(values.pushes), Number(values.kills), Number(values.pace)];
if (!(pushes > 0 && pushes % 8 === 0 && kills >= 0 && pace > 0)) {
  process.stderr.write("--pushes takes a multiple of 8, --kills and --pace take numbers\n");
  process.exit(2);
}
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const engine = await postgresEngine();
await engine.start();
const result = await soak({ enginePort: engine.port, pushes, kills, pace, tell: say });
await engine.end();
const { seconds, cuts, repeated, known, faults } = result;
say(`${pushes} pushes in ${seconds.toFixed(1)} s, ${kills} times kill -9, ${cuts} connections cut`);
say(`${repeated} were run again; ${known} of all runs were answered by once`);
say(`${faults.length} faults`);
for (const fault of faults.slice(0, 50)) say(fault);
process.exit(faults.length > 0 ? 1 : 0);
