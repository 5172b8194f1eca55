/** A node in a process of its own, over an engine. What it is to be is its argument; it prints its port when it listens. */
import { appOn, ADAPTER } from "./app.ts";
import { adapterOf } from "./adapters.ts";
import type { EngineName } from "./adapters.ts";

export interface NodeSettings {
  readonly nodeName: string;
  readonly engine: EngineName;
  readonly enginePort: number;
}

const { nodeName, engine, enginePort } = JSON.parse(process.argv[2] ?? "") as NodeSettings;
const endpoint = appOn(await adapterOf(engine, enginePort, { nodeName, ...ADAPTER }));
const { port } = await endpoint.listen(0, "127.0.0.1");
process.stdout.write(`port ${port} listening\n`);
