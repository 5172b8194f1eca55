/** A node of `crash-points.test.ts` on Redis, which kills itself when its channels have got to a point. */
import { appendFileSync } from "node:fs";
import { Redis } from "ioredis";
import { redisHistory } from "../../src/pubsub/adapters/redis.ts";
import { answer, settings } from "../attack/child.ts";
import { crashSite } from "./crash-site.ts";
import type { Point } from "./crash-site.ts";

export interface CrashNodeSettings {
  readonly port: number;
  readonly password: string;
  readonly namespace: string;
  readonly point: Point;
  /** How many pushes are to get there. */
  readonly pushes: number;
  /** Where each start of a handler is written down, at once. */
  readonly file: string;
}

const { port, password, namespace, point, pushes, file } = settings<CrashNodeSettings>();
let reached = 0;
const history = redisHistory({ connect: () => new Redis({ port, password }), namespace });
const { url } = await crashSite(
  history,
  (at) => {
    if (at !== point) return undefined;
    if (++reached === pushes) process.kill(process.pid, "SIGKILL");
    return new Promise(() => {});
  },
  (start) => appendFileSync(file, `${JSON.stringify(start)}\n`),
);
answer({ url: () => url });
