/** `npm run conformance:server -- --port 4100`: the reference application, for players of transcripts and load clients. */
import { parseArgs } from "node:util";
import { startReferenceApp } from "./reference-app.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "4100" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port must be a whole number from 0 to 65535, not ${values.port}`);
  process.exit(1);
}

const app = await startReferenceApp(port);
console.log(`Reference application on ${app.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
