/** The load client of the presence bench: its own process. */
import type { Connection } from "../load/connection.ts";
import { obey, readArguments } from "../load/process.ts";
import { gather, type Gathering, type GatherPlan } from "./gathering.ts";
import { readNews } from "./news.ts";

/** Let users come, or let all go. */
export type GatherOrder = GatherPlan | "drop";

const { name, protocol, target } = readArguments();
const read = readNews[name];
if (read === undefined) throw new Error(`the protocol "${name}" has no presence`);

let connections: Connection[] = [];

obey(async (order: GatherOrder): Promise<Gathering | undefined> => {
  if (order === "drop") {
    for (const connection of connections) connection.drop();
    connections = [];
    return undefined;
  }
  const { connections: joined, gathering } = await gather(target, protocol, read, order);
  connections.push(...joined);
  return gathering;
});
