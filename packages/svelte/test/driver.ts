/** Svelte's driver for the behaviour suite of all bindings. */
import { flushSync, mount, unmount } from "svelte";
import type { Driver, PageSpec } from "../../client/test/bindings/driver.ts";
import Page from "./Page.svelte";

interface PageOfSuite {
  update(page: PageSpec): void;
  reload(): void;
}

export const driver: Driver = {
  async mount(first, { container, twice }) {
    const page = mount(Page, { target: container, props: { first } }) as PageOfSuite;
    flushSync();
    if (twice) flushSync(() => page.reload());
    return { update: async (next) => flushSync(() => page.update(next)), unmount: () => unmount(page) };
  },
};
