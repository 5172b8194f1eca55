import { MemoryHistory } from "../../src/pubsub/history/memory.ts";
import { pushStoreSuite } from "./store-suite.ts";

let now = 0;
const clock = { now: () => now, after: () => ({ cancel() {} }) };

pushStoreSuite({
  name: "memory",
  isLocal: true,
  severalNodes: false,
  stores: () => [new MemoryHistory({}, clock)],
  pass: (ms) => (now += ms),
});
