// @vitest-environment node
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { rendersOnAServer } from "../../client/test/bindings/behaviour/server-rendering.ts";
import { pageOf } from "./driver.ts";

rendersOnAServer((page) => renderToString(createSSRApp(pageOf(() => page))));
