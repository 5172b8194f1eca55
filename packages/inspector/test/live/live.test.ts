/** The page over three real nodes and a real Redis: what it shows is what is. `npm run inspector:live` is it with 2,000 clients. */
import { describe, expect, it, onTestFinished } from "vitest";
import { hasChromium, launch } from "../../../../tools/test/chromium.ts";
import { redisAvailability } from "../../../server/test/pubsub/engines.ts";
import { startCluster } from "./cluster.ts";
import { checkFigures, checkIncidents, checkLoss } from "./truth.ts";

const { isMissing, note } = redisAvailability;

describe.skipIf(!hasChromium() || isMissing)(`the inspector of a live cluster${note}`, () => {
  it("shows what its clients know", async () => {
    const [cluster, browser] = await Promise.all([startCluster(99), launch()]);
    onTestFinished(async () => {
      await browser.close();
      await cluster.close();
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security Policy") && errors.push(message.text()));
    await page.goto(cluster.url);
    await page.getByText("3 of 3 nodes").waitFor();
    await checkFigures(page, cluster);
    await checkIncidents(page, cluster);
    await checkLoss(page, cluster);
    expect(errors).toEqual([]);
  });
});
