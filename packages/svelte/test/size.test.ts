import { hasSize } from "../../client/test/bindings/size.ts";

hasSize(new URL("../src/index.ts", import.meta.url), "svelte", "svelte/reactivity", "svelte/store");
