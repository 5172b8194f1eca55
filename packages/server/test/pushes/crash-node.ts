/** A node of `crash-points.test.ts` on Redis or PostgreSQL, which kills itself when its channels have got to a point. */
import { appendFileSync } from "node:fs";
import { answer, settings } from "../attack/child.ts";
import { CRASH_STORES } from "./crash-stores.ts";
import { crashSite } from "./crash-site.ts";
import type { Point } from "./crash-site.ts";

export interface CrashNodeSettings {
  readonly engine: string;
  readonly port: number;
  readonly namespace: string;
  readonly point: Point;
  /** How many pushes are to get there. */
  readonly pushes: number;
  /** Where each start of a handler is written down, at once. */
  readonly file: string;
}

const { engine, port, namespace, point, pushes, file } = settings<CrashNodeSettings>();
let reached = 0;
const store = CRASH_STORES.find(({ name }) => name === engine);
if (store === undefined) throw new RangeError(`there is no store "${engine}"`);
const { url } = await crashSite(
  store.history(port, namespace),
  (at) => {
    if (at !== point) return undefined;
    if (++reached === pushes) process.kill(process.pid, "SIGKILL");
    return new Promise(() => {});
  },
  (start) => appendFileSync(file, `${JSON.stringify(start)}\n`),
);
answer({ url: () => url });
