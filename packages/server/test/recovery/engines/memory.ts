/** One process, which keeps its history in memory, and in a file while it is closed. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../pubsub/program.ts";
import type { Bed } from "../campaign/bed.ts";

export function memoryBed(): Bed {
  const folder = temporaryFolder();
  return {
    name: "memory",
    nodes: 1,
    async start() {},
    settings: () => ({ name: "memory", file: join(folder, "history") }),
    injections: [
      {
        what: "clean restart",
        async run({ first }) {
          await first.close();
          await first.start();
        },
      },
      {
        what: "kill -9",
        loses: true,
        async run({ first }) {
          await first.kill();
          await first.start();
        },
      },
      { what: "SIGSTOP", run: ({ first }, random) => first.freeze(random.int(3_000)) },
    ],
    async end() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
