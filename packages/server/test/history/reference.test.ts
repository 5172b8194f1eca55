import { ReferenceEngine, ReferenceStore } from "./reference-store.ts";
import { storeSuite } from "./store-suite.ts";

storeSuite({
  name: "for reference",
  severalNodes: true,
  stores(count) {
    const engine = new ReferenceEngine();
    return Array.from({ length: count }, () => new ReferenceStore(engine));
  },
});
