import { describe, expect, it, vi } from "vitest";
import type { Driver } from "../driver.ts";
import { person } from "../live-server.ts";
import type { Shown } from "../test-page.ts";
import { TestPage, serve, socketTo } from "../test-page.ts";

const NOBODY = { list: [], state: {}, count: 0, synced: false };
const keysOf = ({ presence }: Shown) => presence?.list.map((entry) => (entry as { readonly key: string }).key);

export function presence(driver: Driver): void {
  const people = { topic: "people:1", presence: true };

  describe("usePresence", () => {
    it("lists who is there, and follows changes", async () => {
      const page = await TestPage.open(driver, await serve(), { people }, { twice: true });
      expect(page.rendered("people")[0]?.presence).toEqual(NOBODY);
      const ada = person("Ada", "phone");
      const [list, state] = [[{ key: "ada", ...ada }], { ada }];
      await page.shows("people", { presence: { list, state, count: 1, synced: true } });

      const before = page.values("people").presence;
      await page.channel("people").push("diff", { joins: { bob: person("Bob", "desk") }, leaves: {} });
      await vi.waitFor(() => expect(keysOf(page.shown("people"))).toEqual(["ada", "bob"]));
      // What has not changed is the same object, so that a component for it need not render.
      expect(page.values("people").presence?.list[0]).toBe(before?.list[0]);
      expect(page.values("people").presence?.state["ada"]).toBe(before?.state["ada"]);
      expect(before?.list).toHaveLength(1);
      await page.channel("people").push("diff", { joins: {}, leaves: { ada } });
      await vi.waitFor(() => expect(keysOf(page.shown("people"))).toEqual(["bob"]));
      expect(page.shown("people").presence).toMatchObject({ count: 1, synced: true });
    });

    it("knows also in a component that comes long after the join", async () => {
      const page = await TestPage.open(driver, await serve(), { first: { topic: "people:1" } });
      await page.joined("first");
      await page.channel("first").push("diff", { joins: {}, leaves: {} });
      await page.update({ first: { topic: "people:1" }, late: people });
      await vi.waitFor(() => expect(keysOf(page.shown("late"))).toEqual(["ada"]));
    });

    it("knows how many there are, where the server only counts", async () => {
      const page = await TestPage.open(driver, await serve(), { people: { topic: "people:huge", presence: true } });
      await page.shows("people", { presence: { list: [], count: 70_000, synced: true } });
    });

    it("shows an update of somebody's meta as a change of their entry: nobody leaves in between", async () => {
      const server = await serve();
      const provider = { socket: socketTo(server) };
      const team = { topic: "team:1", params: { name: "ada" }, presence: true };
      const page = await TestPage.open(driver, server, { team }, { provider });
      await vi.waitFor(() => expect(keysOf(page.shown("team"))).toEqual(["ada"]));
      const before = page.rendered("team").length;
      for (const status of ["away", "back", "gone fishing"]) {
        await page.channel("team").push("status", { name: "ada", status });
      }
      await vi.waitFor(() =>
        expect(page.shown("team").presence?.list).toMatchObject([{ key: "ada", metas: [{ status: "gone fishing" }] }]),
      );
      const since = page.rendered("team").slice(before);
      expect(since.map(keysOf)).toEqual(since.map(() => ["ada"]));
      expect(since.map((shown) => shown.presence?.count)).toEqual(since.map(() => 1));
    });

    it("keeps who is there while the connection is lost, until the server says who is there now", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { people });
      await vi.waitFor(() => expect(keysOf(page.shown("people"))).toEqual(["ada"]));
      const before = page.rendered("people").length;
      server.cut();
      await page.shows("people", { state: "errored" });
      await page.joined("people");
      const since = page.rendered("people").slice(before);
      expect(since.map(keysOf)).toEqual(since.map(() => ["ada"]));
    });
  });
}
