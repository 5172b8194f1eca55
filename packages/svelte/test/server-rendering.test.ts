// @vitest-environment node
import { render } from "svelte/server";
import { rendersOnAServer } from "../../client/test/bindings/behaviour/server-rendering.ts";
import Page from "./Page.svelte";

rendersOnAServer(async (first) => render(Page, { props: { first } }).body);
