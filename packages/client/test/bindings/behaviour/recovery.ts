import type { JoinFrom } from "@wingbeat/client";
import { describe, expect, it, vi } from "vitest";
import type { Driver, Values } from "../driver.ts";
import type { LiveServer } from "../live-server.ts";
import { TestPage, serve } from "../test-page.ts";

const TOPIC = "news:1";
type Report = Partial<NonNullable<Values["recovery"]>>;
const NOTHING: Report = { recovering: false, count: 0 };

/** A page that reads the news, and the numbers that it gets. */
async function reader(driver: Driver, server: LiveServer, from?: JoinFrom) {
  const numbers: number[] = [];
  const on = { news: ({ n }: { readonly n: number }) => void numbers.push(n) };
  const page = await TestPage.open(driver, server, { news: { topic: TOPIC, from, on, recovery: true } });
  const tell = (...all: number[]) => all.forEach((n) => server.endpoint.broadcast(TOPIC, "news", { n }));
  /** Its connection is closed, and it has noticed. */
  const cut = async () => {
    server.cut();
    await page.shows("news", { state: "errored" });
  };
  const reports = () => {
    const all = page.rendered("news").map(({ recovery }) => JSON.stringify(recovery));
    return all.filter((report, index) => report !== all[index - 1]).map((report) => JSON.parse(report) as Report);
  };
  return { page, numbers, tell, cut, reports };
}

export function recovery(driver: Driver): void {
  describe("useRecovery", () => {
    it("knows of nothing that was missed at first, nor without a channel", async () => {
      const server = await serve();
      const { page, reports } = await reader(driver, server);
      await page.joined("news");
      expect(reports()).toEqual([NOTHING]);
      await page.update({ none: { topic: null, recovery: true } });
      expect(page.shown("none").recovery).toEqual(NOTHING);
    });

    it("says that what was missed comes, and when it has come; useEvent gets it", async () => {
      const { page, numbers, tell, cut, reports } = await reader(driver, await serve());
      await page.joined("news");
      tell(1);
      await vi.waitFor(() => expect(numbers).toEqual([1]));
      await cut();
      tell(2, 3);
      await vi.waitFor(() => expect(numbers).toEqual([1, 2, 3]));
      await page.shows("news", { recovery: { recovered: true, recovering: false } });
      expect(reports()[0]).toEqual(NOTHING);
      expect(
        reports()
          .slice(1)
          .every((report) => report.recovered),
      ).toBe(true);
    });

    it("says that the state must be loaded again, once for each loss", async () => {
      const server = await serve();
      const { page, numbers, tell, cut, reports } = await reader(driver, server);
      await page.joined("news");
      await cut();
      tell(1, 2, 3, 4);
      await page.shows("news", { recovery: { recovered: false, recovering: false, count: 0, reason: "trimmed" } });
      tell(5);
      await vi.waitFor(() => expect(numbers).toEqual([5]));
      expect(reports()).toHaveLength(2);
      await server.endpoint.clearHistory(TOPIC);
      await page.shows("news", { recovery: { recovered: false, reason: "epoch" } });
      expect(reports()).toHaveLength(3);
    });
  });

  describe("useChannel begins", () => {
    it.each([
      ["after a position", async (server: LiveServer) => ({ since: await server.endpoint.position(TOPIC) }), [1, 2, 3]],
      ["with all that is kept", () => ({ since: "earliest" as const }), [1, 2, 3]],
      ["with the last of it", () => ({ rewind: 2 }), [2, 3]],
    ])("%s", async (_, from, expected) => {
      const server = await serve();
      const asked = await from(server);
      for (const n of [1, 2, 3]) server.endpoint.broadcast(TOPIC, "news", { n });
      const { page, numbers } = await reader(driver, server, asked);
      await vi.waitFor(() => expect(numbers).toEqual(expected));
      await page.shows("news", { recovery: { recovered: true, recovering: false } });
    });

    it("with what the first component says that says anything", async () => {
      const server = await serve();
      for (const n of [1, 2, 3]) server.endpoint.broadcast(TOPIC, "news", { n });
      const numbers: number[] = [];
      const on = { news: ({ n }: { readonly n: number }) => void numbers.push(n) };
      await TestPage.open(driver, server, {
        silent: { topic: TOPIC, on },
        last: { topic: TOPIC, from: { rewind: 1 } },
        all: { topic: TOPIC, from: { since: "earliest" } },
      });
      await vi.waitFor(() => expect(numbers).toEqual([3]));
    });
  });
}
