import { describe, expect, it, vi } from "vitest";
import type { Driver } from "../driver.ts";
import { TestPage, serve } from "../test-page.ts";

export function pending(driver: Driver): void {
  const room = { topic: "room:1", pending: true };

  describe("usePendingPushes", () => {
    it("shows what waits for the server, in order, until it is answered", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room, beside: room });
      await page.joined("room");
      expect(page.rendered("room").every((shown) => shown.pending?.length === 0)).toBe(true);
      await server.stop();
      await page.shows("room", { state: "errored" });
      const { push } = page.channel("room");
      const pushes = ["one", "two"].map((body) => push("new_msg", { body }, { retry: true }));
      const waiting = (body: string) => ({ event: "new_msg", payload: { body }, state: "waiting" });
      await page.shows("room", { pending: [waiting("one"), waiting("two")] });
      await page.shows("beside", { pending: [waiting("one"), waiting("two")] });
      await server.start();
      await expect(Promise.all(pushes)).resolves.toEqual([{ id: 7 }, { id: 7 }]);
      await vi.waitFor(() => expect(page.shown("room").pending).toEqual([]));
      await vi.waitFor(() => expect(page.shown("beside").pending).toEqual([]));
    });

    it("shows no more what was withdrawn", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room });
      await page.joined("room");
      await server.stop();
      await page.shows("room", { state: "errored" });
      const push = page.channel("room").push("new_msg", { body: "never" }, { retry: true });
      const failed = push.catch(({ reason }) => reason);
      await page.shows("room", { pending: [{ event: "new_msg" }] });
      expect(page.values("room").pending?.[0]?.cancel()).toBe(true);
      await expect(failed).resolves.toBe("aborted");
      await vi.waitFor(() => expect(page.shown("room").pending).toEqual([]));
      await server.start();
    });

    it("is empty without a channel", async () => {
      const page = await TestPage.open(driver, await serve(), { none: { topic: null, pending: true } });
      expect(page.shown("none").pending).toEqual([]);
    });
  });
}
