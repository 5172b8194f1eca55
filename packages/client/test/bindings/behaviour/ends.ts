import { describe, expect, it, vi } from "vitest";
import type { Driver } from "../driver.ts";
import { TestPage, serve, socketTo } from "../test-page.ts";

/** What a component shows when a join is refused, and when its channel ends. */
export function ends(driver: Driver): void {
  describe("useChannel shows", () => {
    it("why a join is refused", async () => {
      const page = await TestPage.open(driver, await serve(), { room: { topic: "room:secret" } });
      const message = '"phx_join" on "room:secret" failed: unauthorized';
      await page.shows("room", { error: { reason: "refused", response: { reason: "unauthorized" }, message } });
      expect(page.shown("room")).not.toHaveProperty("reply");
    });

    it("a crash, until the channel has joined again", async () => {
      const page = await TestPage.open(driver, await serve(), { room: { topic: "room:1" } });
      await page.joined("room");
      await expect(page.channel("room").push("crash")).rejects.toMatchObject({ reason: "crashed" });
      await page.shows("room", { state: "joined" });
      expect(page.rendered("room").slice(-4)).toMatchObject([
        { state: "joined", reply: { since: 0 } },
        { state: "errored", reply: { since: 0 }, error: { reason: "crashed" } },
        { state: "joining", reply: { since: 0 }, error: { reason: "crashed" } },
        { state: "joined", reply: { since: 0 } },
      ]);
      expect(page.shown("room")).not.toHaveProperty("error");
    });

    it("that the server has ended the channel, and stays so", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room: { topic: "room:1" } });
      await page.joined("room");
      page.channel("room").push("end");
      await page.shows("room", { state: "closed" });
      expect(page.shown("room")).not.toHaveProperty("error");
      expect(server.log).toEqual(["connect", "join room:1 {}", "normal room:1"]);
    });

    it("that the connection was lost, with the reply as before, until the server is back", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room: { topic: "room:1", params: { since: 5 } } });
      await page.joined("room");
      const { channel } = page.channel("room");
      await server.stop();
      await page.shows("room", { state: "errored", reply: { since: 5 } });
      expect(page.shown("room")).not.toHaveProperty("error");
      await server.start();
      await page.joined("room");
      expect(page.channel("room").channel).toBe(channel);
      expect(server.log.filter((line) => line.startsWith("join"))).toHaveLength(2);
    });

    it("why the client may not stay on the topic after its login was renewed", async () => {
      const server = await serve();
      const provider = { socket: socketTo(server, { params: { token: "short" } }) };
      const components = { adults: { topic: "room:adults" }, all: { topic: "room:all" } };
      const page = await TestPage.open(driver, server, components, { provider });
      await page.joined("adults");
      await page.shows("adults", { state: "closed", error: { reason: "refused", response: { min: 18 } } });
      await page.joined("all");
      expect(page.shown("all")).not.toHaveProperty("error");
      await vi.waitFor(() => expect(server.log).toContain("refused room:adults"));
    });
  });
}
