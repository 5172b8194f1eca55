import { startLoadClient } from "../load-client.ts";
import { cpuMicroseconds } from "../process-usage.ts";
import { launch } from "../servers.ts";
import { quiet, settledMemory } from "../settling.ts";
import { programOf, type Case } from "./cases.ts";
import type { Gathering } from "./gathering.ts";
import type { GatherOrder } from "./load.ts";

/** The result of a case. */
export interface Measured extends Case, Pick<Gathering, "bytes" | "frames" | "stateBytes"> {
  /** CPU time of the server, in µs. */
  cpuPerJoin: number;
  /** Until every user knew of all others. */
  seconds: number;
  /** What the server keeps for a user, connection and all, in bytes: on the heap, and in RAM as a whole. */
  heapPerUser: number;
  residentPerUser: number;
}

// Those who come and go first, so that code is compiled and pools are there.
const WARM_UP = 100;
const PENDING = 500;

/** Runs a case against a server of its own. */
export async function measure(one: Case): Promise<Measured> {
  const server = await launch(programOf(one));
  const load = startLoadClient<GatherOrder, Gathering>(server, { script: "./presence/load.js" });
  const come = (users: number): Promise<Gathering> =>
    load.run({ users, pending: PENDING, areTold: one.mode !== "none" });
  try {
    await come(WARM_UP);
    await load.run("drop");
    await quiet(server.pid);
    const before = await settledMemory(server);
    const cpuBefore = cpuMicroseconds(server.pid);
    const { duration, ...sent } = await come(one.users);
    const cpu = cpuMicroseconds(server.pid) - cpuBefore;
    const after = await settledMemory(server);
    return {
      ...one,
      ...sent,
      cpuPerJoin: cpu / one.users,
      seconds: duration / 1000,
      heapPerUser: (after.heapBytes - before.heapBytes) / one.users,
      residentPerUser: (after.residentBytes - before.residentBytes) / one.users,
    };
  } finally {
    await load.stop();
    await server.stop();
  }
}
