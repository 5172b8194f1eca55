/** A node in a process of its own. What it is to be is its argument. */
import { answer, settings } from "../../attack/child.ts";
import { Node } from "./node.ts";
import type { NodeSettings } from "./settings.ts";

const node = await Node.start(settings<NodeSettings>());

/** What the campaign may ask. */
answer({
  quiet: () => node.quiet(),
  publish: (topic: string) => node.publish(topic),
  snapshot: (topic: string) => node.snapshot(topic),
  look: () => node.look(),
  close: async () => {
    await node.close();
    process.exit(0);
  },
});
