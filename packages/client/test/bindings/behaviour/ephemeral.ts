import { ephemeral as ephemeralOf } from "@wingbeat/client/ephemeral";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Driver } from "../driver.ts";
import type { LiveServer } from "../live-server.ts";
import { TestPage, serve, socketTo } from "../test-page.ts";

/** Somebody else on the topic, without a page. */
async function other(server: LiveServer) {
  const socket = socketTo(server);
  onTestFinished(() => socket.disconnect());
  socket.connect();
  const channel = socket.channel("board:1", { name: "bob" });
  const typing = ephemeralOf(channel, "typing", { every: 1 });
  await channel.join();
  return { typing, sees: () => Object.fromEntries(typing.values) };
}

export function ephemeral(driver: Driver): void {
  const ann = { topic: "board:1", params: { name: "ann" }, ephemeral: true };

  describe("useEphemeral", () => {
    it("shows the values of others, and shows others the own one", async () => {
      const server = await serve();
      const bob = await other(server);
      bob.typing.set(1);
      const page = await TestPage.open(driver, server, { ann }, { twice: true });
      expect(page.rendered("ann")[0]?.typing).toEqual({});
      await page.shows("ann", { typing: { bob: 1 } });
      page.values("ann").ephemeral?.set(2);
      await vi.waitFor(() => expect(bob.sees()).toEqual({ ann: 2 }));
      bob.typing.clear();
      await vi.waitFor(() => expect(page.shown("ann").typing).toEqual({}));
      page.values("ann").ephemeral?.clear();
      await vi.waitFor(() => expect(bob.sees()).toEqual({}));
    });

    it("knows the values also in a component that comes long after the join", async () => {
      const server = await serve();
      const bob = await other(server);
      const page = await TestPage.open(driver, server, { first: { topic: "board:1", params: { name: "ann" } } });
      await page.joined("first");
      bob.typing.set(1);
      await page.update({ first: { topic: "board:1", params: { name: "ann" } }, late: ann });
      await page.shows("late", { typing: { bob: 1 } });
    });

    it("clears the own value when the component that has set it goes, and no other does", async () => {
      const server = await serve();
      const bob = await other(server);
      const page = await TestPage.open(driver, server, { ann, beside: ann, room: { topic: "board:1" } });
      await page.joined("ann");
      page.values("ann").ephemeral?.set(1);
      await vi.waitFor(() => expect(bob.sees()).toEqual({ ann: 1 }));
      await page.update({ ann, room: { topic: "board:1" } });
      bob.typing.set("still there");
      await page.shows("ann", { typing: { bob: "still there" } });
      expect(bob.sees()).toEqual({ ann: 1 });
      await page.update({ room: { topic: "board:1" } });
      await vi.waitFor(() => expect(bob.sees()).toEqual({}));
    });

    it("sets nothing without a channel", async () => {
      const page = await TestPage.open(driver, await serve(), { nobody: { topic: null, ephemeral: true } });
      page.values("nobody").ephemeral?.set(1);
      page.values("nobody").ephemeral?.clear();
      expect(page.shown("nobody").typing).toEqual({});
    });
  });
}
