// @vitest-environment node
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { rendersOnAServer } from "../../client/test/bindings/behaviour/server-rendering.ts";
import { Page } from "./driver.ts";

rendersOnAServer(async (page) => renderToString(createElement(Page, page)));
