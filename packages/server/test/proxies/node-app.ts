/**
 * One node of the rolling restart: a process that saves what clients push in the file `SAVED`, slowly, and prints a line
 * when it listens on `PORT`. When each batch of clients is sent away, it writes down in `ROUNDS`. It ends by SIGTERM, as docs/guide/deployment.md does it.
 */
import { appendFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createEndpoint, defineChannel, defineSocket, ok, Telemetry } from "../../src/index.ts";

const saved = process.env["SAVED"] as string;
const rounds = process.env["ROUNDS"] as string;

const room = defineChannel("room:{id}")
  .join(() => ok())
  .handleIn("save", async (_ctx, payload) => {
    await sleep(5);
    await appendFile(saved, `${(payload as { id: string }).id}\n`);
    return ok();
  });

const socket = defineSocket({ connect: () => ok(), channels: [room] });

const endpoint = createEndpoint({
  sockets: { "/socket": socket },
  health: "/health",
  trustProxy: 1,
  drain: { batchSize: Number(process.env["BATCH"]), batchInterval: 200 },
  logger: false,
});
await endpoint.listen(Number(process.env["PORT"]), "127.0.0.1");
Telemetry.attach("endpoint.draining", () => appendFileSync(rounds, `${performance.now()}\n`));
process.stdout.write("listening\n");
process.once("SIGTERM", () => void endpoint.close().then(() => process.exit(0)));
