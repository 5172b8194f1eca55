/** A node with an inspector in a process of its own, over an engine. It prints its port when it listens. */
import { createEndpoint } from "../../src/index.ts";
import { inspect } from "../../src/inspector/inspect.ts";
import type { Inspection } from "../../src/inspector/inspection.ts";
import { adapterOf } from "../processes/adapters.ts";
import type { EngineName } from "../processes/adapters.ts";
import { presence, socketOf } from "./room.ts";

export interface NodeSettings {
  readonly nodeName: string;
  readonly engine: EngineName;
  readonly enginePort: number;
}

const { nodeName, engine, enginePort } = JSON.parse(process.argv[2] ?? "") as NodeSettings;
const endpoint = createEndpoint({
  sockets: { "/socket": socketOf(new Promise(() => {}), () => inspection) },
  pubsub: await adapterOf(engine, enginePort, { nodeName }),
  presence: [presence],
});
const inspection: Inspection = inspect(endpoint, { deadline: 3_000 });
const { port } = await endpoint.listen(0, "127.0.0.1");
process.stdout.write(`port ${port} listening\n`);
