import { memoryHistory } from "../../src/pubsub/history/memory.ts";
import { storeSuite } from "./store-suite.ts";

storeSuite({ name: "memory", isLocal: true, severalNodes: false, stores: () => [memoryHistory()] });
