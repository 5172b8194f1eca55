import { describe, expect, it, vi } from "vitest";
import type { Driver } from "../driver.ts";
import { person } from "../live-server.ts";
import { TestPage, serve } from "../test-page.ts";

interface Message {
  readonly body: string;
}

export function events(driver: Driver): void {
  describe("useEvent", () => {
    it.each([false, true])("calls the latest callback, once for each event (mounted twice: %s)", async (twice) => {
      const got: string[] = [];
      const components = (name: string) => ({
        room: { topic: "room:1", on: { new_msg: ({ body }: Message) => void got.push(`${name} got ${body}`) } },
      });
      const page = await TestPage.open(driver, await serve(), components("first"), { twice });
      await page.joined("room");
      await page.channel("room").push("new_msg", { body: "one" });
      await page.update(components("second"));
      await page.channel("room").push("new_msg", { body: "two" });
      expect(got).toEqual(["first got one", "second got two"]);
    });

    it("hears the channel of the topic, and no more of the one before", async () => {
      const got: string[] = [];
      const on = { new_msg: ({ body }: Message) => void got.push(body) };
      const page = await TestPage.open(driver, await serve(), { room: { topic: "room:1", on } });
      await page.joined("room");
      const before = page.channel("room").channel as { trigger(event: string, payload: object): void };
      await page.update({ room: { topic: "room:2", on } });
      await page.shows("room", { state: "joined", topic: "room:2" });
      before.trigger("new_msg", { body: "from the past" });
      await page.channel("room").push("new_msg", { body: "now" });
      expect(got).toEqual(["now"]);
    });

    it("hears what comes right after the join", async () => {
      const got = vi.fn<(state: unknown) => void>();
      await TestPage.open(driver, await serve(), { people: { topic: "people:1", on: { presence_state: got } } });
      await vi.waitFor(() => expect(got.mock.calls).toEqual([[{ ada: person("Ada", "phone") }]]));
    });

    it("is heard by each component, until that one is unmounted", async () => {
      const got: string[] = [];
      const component = (name: string) => ({ topic: "room:1", on: { new_msg: () => void got.push(name) } });
      const [ada, bob] = [component("ada"), component("bob")];
      const page = await TestPage.open(driver, await serve(), { ada, bob });
      await page.joined("bob");
      await page.channel("bob").push("new_msg", { body: "one" });
      await page.update({ bob });
      await page.channel("bob").push("new_msg", { body: "two" });
      expect(got.toSorted()).toEqual(["ada", "bob", "bob"]);
    });
  });
}
