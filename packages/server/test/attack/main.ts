/** `npm run attack`: the standing campaign. Exits with 1 when anything that is promised is not so. */
import { parseArgs } from "node:util";
import { report } from "./campaign.ts";
import type { Part } from "./campaign.ts";
import { client } from "./client.ts";
import { engines } from "./engines.ts";
import { exhaustion } from "./exhaustion.ts";
import { frames } from "./frames.ts";
import { http } from "./http.ts";

const PARTS: readonly Part[] = [frames, http, exhaustion, client, engines];

const { values } = parseArgs({
  options: {
    part: { type: "string", multiple: true },
    frames: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "10" },
    flood: { type: "string", default: "" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const numbers = { seed: Number(values.seed), frames: Number(values.frames), seconds: Number(values.seconds) };
const size = { ...numbers, flood: values.flood };
const wanted = PARTS.filter(({ name }) => values.part === undefined || values.part.includes(name));
if (wanted.length === 0 || Object.values(numbers).some((value) => !(value >= 0))) {
  process.stderr.write(
    `--part takes ${PARTS.map(({ name }) => name).join(", ")}; --frames, --seconds and --seed take numbers\n`,
  );
  process.exit(2);
}

let violations = 0;
for (const { name, oracle, run } of wanted) {
  process.stdout.write(`\n${name} --seed ${size.seed}\n${oracle}\n`);
  for await (const outcome of run(size)) {
    report(outcome.title, outcome);
    violations += outcome.violations.length;
  }
}
process.stdout.write(violations === 0 ? "\nAll promises hold.\n" : `\n${violations} promises are broken.\n`);
process.exitCode = violations === 0 ? 0 : 1;
